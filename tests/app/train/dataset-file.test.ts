/** What a settings file and flags say of a dataset. */
import { expect, test } from "bun:test";
import { defaultDataSettings, parseDatasetFile, withDataFlags } from "../../../src/app/train/dataset-file.ts";

test("flags stand before the file, and the file before the defaults", () => {
  const file = parseDatasetFile(
    'selector = "agent:ollama:m"\n[selection]\nturns = 9\nmends = 1\n[selection.agent]\ntemperature = 0\n[run]\nx = 1\n',
    "data.toml",
  );
  const settings = withDataFlags(file, { selection: { mends: 2 } });
  expect(settings.selector).toBe("agent:ollama:m");
  expect(settings.selection).toMatchObject({ turns: 9, mends: 2, seconds: 1800, agent: { temperature: 0 } });
  expect(withDataFlags(file, { selector: "outcome" }).selector).toBe("outcome");
  expect(defaultDataSettings().selector).toBe("outcome");
});

test("what cannot be used is refused, with its place", () => {
  expect(() => parseDatasetFile("[selection]\nturn = 9\n", "data.toml")).toThrow("turn");
  expect(() => parseDatasetFile("[selection.command]\nnetwork = 1\n", "data.toml")).toThrow("network");
  expect(() => withDataFlags(defaultDataSettings(), { selection: { contextTokens: 10 } })).toThrow("contextTokens");
});
