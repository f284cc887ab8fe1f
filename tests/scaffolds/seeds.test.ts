/** The shipped seed sets: schema, purpose, size, and that no seed serves two purposes in one game. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import * as v from "valibot";
import { SeedSet } from "../../src/core/seed-set.ts";

const root = join(import.meta.dir, "..", "..", "seeds");
const games = ["crafter", "minihack", "nethack", "courier"];
/** Name and purpose; `train` selects and confirms on seeds of its own. */
const named = [
  ["train", "train"],
  ["select", "select"],
  ["confirm", "confirm"],
  ["report", "report"],
  ["train-select", "select"],
  ["train-confirm", "confirm"],
] as const;

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const report: Record<string, number[]> = {
  crafter: range(42, 51),
  minihack: range(42, 46),
  nethack: range(42, 46),
  courier: range(42, 51),
};

for (const game of games) {
  describe(`the seed sets of ${game}`, async () => {
    const sets = await Promise.all(
      named.map(async ([name]) => v.parse(SeedSet, await Bun.file(join(root, game, `${name}.json`)).json())),
    );
    const [train, select, confirm, final, trainSelect, trainConfirm] = sets.map(({ seeds }) => seeds);

    test("are named after file, game and purpose", () => {
      expect(sets.map((set) => [set.game, set.name, set.purpose])).toEqual(
        named.map(([name, purpose]) => [game, name, purpose]),
      );
    });

    test("share no seed", () => {
      const all = sets.flatMap(({ seeds }) => seeds);
      expect(new Set(all).size).toBe(all.length);
    });

    test("have the sizes they are made for, and the paper's seeds for the report", () => {
      expect([train!.length, select!.length, confirm!.length]).toEqual([200, 20, 60]);
      expect([trainSelect!.length, trainConfirm!.length]).toEqual([40, 100]);
      expect(final).toEqual(report[game]!);
    });
  });
}

test("every file under seeds is one of these", async () => {
  const paths = (await Array.fromAsync(new Bun.Glob("**/*").scan({ cwd: root, onlyFiles: true }))).sort();
  expect(paths).toEqual(games.flatMap((game) => named.map(([name]) => `${game}/${name}.json`)).sort());
});
