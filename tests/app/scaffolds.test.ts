/** Scaffolds by the names that people use. */
import { afterAll, expect, test } from "bun:test";
import { openApp } from "../../src/app/app.ts";
import { knownScaffolds } from "../../src/app/scaffolds.ts";
import { freshFolder, removeFolders, someHash } from "../store/support.ts";

afterAll(removeFolders);

test("shipped scaffolds are known first, then the best of campaigns, then their revisions", async () => {
  const store = await openApp({ AUTOMEM_HOME: freshFolder() }).store();
  for (const ref of ["scaffold/c1/r1", "dataset/other", "scaffold/c1/best"]) store.refs.move(ref, undefined, someHash);
  const known = await knownScaffolds({ store: async () => store });
  expect(known).toContain("courier");
  expect(known.slice(-2)).toEqual(["scaffold/c1/best", "scaffold/c1/r1"]);
  expect(known).not.toContain("dataset/other");
});
