/** The scripted reviewer. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedReviewer } from "../../../../src/evolve/reviewer/scripted/scripted.ts";
import { faultOf } from "../../../inference/support.ts";
import { proposalOf, reviewTask, textsOf } from "../support.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-scripted-reviewer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scriptFile(reviews: unknown): string {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  writeFileSync(path, JSON.stringify({ schema: "automem.review-script/1", reviews }));
  return path;
}

const structuralChange = { name: "places", description: "A file of places." };

describe("a scripted review", () => {
  test("answers by its key, and differently after it was sent back", async () => {
    const path = scriptFile({
      r1a1c0: [
        { write: { "places.md": "bad" }, structuralChange },
        { write: { "places.md": "good" }, remove: ["hooks.ts"], structuralChange, method: "Places." },
      ],
      "*": [{ none: "no-proposal", reason: "not today" }],
    });
    const reviewer = await createScriptedReviewer(path);
    const session = await reviewer.open(reviewTask());
    expect(textsOf(proposalOf(await session.propose()).files)["places.md"]).toBe("bad");
    const mended = proposalOf(await session.mend("bad places"));
    expect(Object.keys(textsOf(mended.files)).sort()).toEqual(["places.md", "scaffold.json"]);
    expect([mended.method, mended.structuralChange.name]).toEqual(["Places.", "places"]);
    expect(session.transcript()).toEqual([
      { answer: 0, problems: null },
      { answer: 1, problems: "bad places" },
    ]);
    const other = await reviewer.open(reviewTask({ key: "r1a2c0" }));
    expect(await other.propose()).toEqual({ kind: "none", code: "no-proposal", reason: "not today" });
  });

  test("takes a whole package from a folder, which is part of what it is known by", async () => {
    await mkdir(join(folder, "mine", "deep"), { recursive: true });
    await writeFile(join(folder, "mine", "deep", "a.ts"), "one");
    const path = scriptFile({ "*": [{ package: "mine", structuralChange }] });
    const reviewer = await createScriptedReviewer(path);
    const session = await reviewer.open(reviewTask());
    expect(textsOf(proposalOf(await session.propose()).files)).toEqual({ "deep/a.ts": "one" });
    await writeFile(join(folder, "mine", "deep", "a.ts"), "two");
    expect((await createScriptedReviewer(path)).identity).not.toEqual(reviewer.identity);
  });

  test("that the script does not name has nothing left to try", async () => {
    const session = await (await createScriptedReviewer(scriptFile({}))).open(reviewTask());
    expect(await session.propose()).toMatchObject({ kind: "none", code: "exhausted" });
  });
});

test.each([
  ["a missing file", () => join(folder, "nowhere.json"), "no-script"],
  ["a field that there is not", () => scriptFile({ r1a1c0: [{ edit: {} }] }), "bad-script"],
  ["an empty list of answers", () => scriptFile({ r1a1c0: [] }), "bad-script"],
  ["a package that there is not", () => scriptFile({ "*": [{ package: "nowhere", structuralChange }] }), "no-script"],
])("%s is refused", async (_, path, code) => {
  expect((await faultOf(createScriptedReviewer(path()))).code).toBe(code);
});
