/** Data files of a copy: each is a script beside the page that hands over one text. Those read last stay. */
import { ConfigError } from "../../../core/errors.ts";

/** The one way in which this page gives an address to a script: data files of its own folder, by names that can be nothing else. */
const addresses = scriptAddresses((name) => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(name))
    throw new TypeError(`${name} is no data file`);
  return `data/${name}.js`;
});

interface TrustedScripts {
  createScriptURL(name: string): unknown;
}

interface Waiting {
  take(packed: string): void;
  fail(): void;
}

const waiting = new Map<string, Waiting>();
const held = new Map<string, Promise<unknown>>();
const mostHeld = 64;

/** To be called once, before any file is read. */
export function receive(): void {
  Object.defineProperty(globalThis, "automemCopy", {
    value: (name: unknown, packed: unknown) => {
      if (typeof name !== "string" || typeof packed !== "string") return;
      waiting.get(name)?.take(packed);
    },
  });
}

/** What a file holds. Throws `ConfigError` `not-in-copy` for one that is not there. */
export function readData(name: string): Promise<unknown> {
  const reading = held.get(name) ?? load(name).then(unpacked);
  held.delete(name);
  held.set(name, reading);
  const [oldest] = held.keys();
  if (held.size > mostHeld && oldest !== undefined) held.delete(oldest);
  reading.catch(() => held.delete(name));
  return reading;
}

function load(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const done = () => {
      waiting.delete(name);
      script.remove();
    };
    const fail = () => {
      done();
      reject(
        new ConfigError("This is not in the copy. It holds what was chosen when it was made.", { code: "not-in-copy" }),
      );
    };
    waiting.set(name, {
      take: (packed) => {
        done();
        resolve(packed);
      },
      fail,
    });
    script.onerror = fail;
    // One that ran and said nothing is damaged.
    script.onload = () => waiting.get(name)?.fail();
    script.src = addresses(name);
    document.head.append(script);
  });
}

async function unpacked(packed: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const text = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(await text);
}

/** Browsers without trusted types take the address as it is. */
function scriptAddresses(addressOf: (name: string) => string): (name: string) => string {
  const trusted = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): TrustedScripts } })
    .trustedTypes;
  const policy = trusted?.createPolicy("automem-copy", { createScriptURL: addressOf });
  return (name) => (policy === undefined ? addressOf(name) : (policy.createScriptURL(name) as string));
}
