/** One automem at work: where its home is, the environment it was started in, and the parts that commands share. */
import { type Clock, systemClock } from "../platform/clock.ts";
import type { AddDependencies } from "../plugins/install/add.ts";
import { type FirstParty, firstPartyMap } from "../plugins/install/first-party.ts";
import { PluginRegistry } from "../plugins/registry.ts";
import { Store } from "../store/store.ts";
import { firstPartyFolder } from "./first-party.ts";
import { type Home, homeFrom } from "./home.ts";
import { version } from "./version.ts";

export interface App {
  version: string;
  home: Home;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  registry: PluginRegistry;
  /** Opens the store, making it at first use. */
  store(): Promise<Store>;
}

export function openApp(environment: Readonly<Record<string, string | undefined>>, clock: Clock = systemClock): App {
  const home = homeFrom(environment);
  let store: Promise<Store> | undefined;
  return {
    version,
    home,
    environment,
    clock,
    registry: new PluginRegistry(home.folder),
    store: () => {
      store ??= Store.open(home.store);
      return store;
    },
  };
}

/** What installing a plugin needs of the app. */
export function addDependencies(app: App, firstParty: FirstParty): AddDependencies {
  const { registry, environment, clock } = app;
  return { registry, firstParty, automemVersion: app.version, environment, clock, fetch };
}

/** The plugins that come with this automem. */
export async function firstPartyPlugins(): Promise<FirstParty> {
  return firstPartyMap(await firstPartyFolder("plugins"));
}
