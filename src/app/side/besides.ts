/** Which episodes one can be laid beside: those that other runs played of the same game, task and seed. From the index alone. */
import type { BesideRow } from "../../store/catalogue.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget } from "../inspect.ts";

export type { BesideRow } from "../../store/catalogue.ts";

/** Rows of one answer. */
const most = 100;

/** Of `RUN/EPISODE`. Throws `ConfigError` as `findTarget`. */
export async function besides(app: App, named: string): Promise<{ episodes: BesideRow[]; matching: number }> {
  const target = await findTarget(app, named);
  const { task, seed } = episodeOf(target);
  const { folder, record } = target.run;
  return (await app.store()).catalogue.besides({ game: record.game.name, task, seed, run: folder.id }, most);
}
