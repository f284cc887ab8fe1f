/** Which episodes one can be laid beside: those that other runs played of the same game, task and seed. From the index alone. */
import type { BesideRow } from "../../store/catalogue.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget } from "../inspect.ts";
import { scaffoldNames } from "../scaffold-names.ts";

export type { BesideRow } from "../../store/catalogue.ts";

/** A row, with what people call a scaffold that it knows by its hash. */
export interface Beside extends BesideRow {
  scaffoldName?: string | undefined;
}

/** Rows of one answer. */
const most = 100;

/** Of `RUN/EPISODE`. Throws `ConfigError` as `findTarget`. */
export async function besides(app: App, named: string): Promise<{ episodes: Beside[]; matching: number }> {
  const target = await findTarget(app, named);
  const { task, seed } = episodeOf(target);
  const { folder, record } = target.run;
  const { catalogue } = await app.store();
  const { episodes, matching } = await catalogue.besides({ game: record.game.name, task, seed, run: folder.id }, most);
  const names = await scaffoldNames(
    app,
    episodes.map(({ scaffold }) => scaffold),
  );
  return { episodes: episodes.map((row) => ({ ...row, scaffoldName: names.get(row.scaffold) })), matching };
}
