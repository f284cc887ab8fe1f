/** What is taken out of texts before they leave the machine. */
import { describe, expect, test } from "bun:test";
import { eachText, privateTexts, withoutPaths } from "../../../src/app/copy/private-texts.ts";
import { homeFrom } from "../../../src/app/home.ts";

const environment = {
  AUTOMEM_HOME: "/data/am",
  HOME: "/home/ada",
  HF_TOKEN: "hf_abcdef",
  EDITOR: "vi",
  SHORT_KEY: "abc",
};
const texts = privateTexts({ environment, home: homeFrom(environment) });

describe("of what was played", () => {
  for (const [text, left] of [
    ["in /home/ada and /home/ada/x", "in ~ and ~/x"],
    ["/home/adam is another", "/home/adam is another"],
    ["/mnt/home/ada is another", "/mnt/home/ada is another"],
    ["/data/am/store", "AUTOMEM_HOME/store"],
    ["token hf_abcdef!", "token (removed)!"],
    ["vi abc", "vi abc"],
    ["a wand / or a ring = /a/b/c", "a wand / or a ring = /a/b/c"],
  ] as const) {
    test(text, () => {
      expect(texts.inPlay(text)).toBe<string>(left);
    });
  }
});

describe("of what automem says", () => {
  for (const [text, left] of [
    ["/opt/models/big one/x.gguf", "…/x.gguf"],
    ["--log=/var/log/x y/z.txt", "--log=…/z.txt"],
    ["llama-cpp:/opt/x.gguf", "llama-cpp:…/x.gguf"],
    ["The file /opt/models/x.gguf is missing; see /var/log/a.txt.", "The file …/x.gguf is missing; see …/a.txt."],
    ["C:\\Users\\Ada\\x.gguf", "…/x.gguf"],
    ["cannot read C:\\Users\\Ada\\x.gguf now", "cannot read …/x.gguf now"],
    ["file:///opt/a/b.txt", "…/b.txt"],
    ["http://ada:secret@host:8000/v1/chat", "http://host:8000/v1/chat"],
    ["http://host/v1/chat", "http://host/v1/chat"],
    ["meta/llama-3, 1/2, and/or, a/b/c", "meta/llama-3, 1/2, and/or, a/b/c"],
    ["--- /dev/null", "--- /dev/null"],
  ] as const) {
    test(text, () => {
      expect(withoutPaths(text)).toBe<string>(left);
    });
  }
});

test("every text of a value is looked at, names of fields too, and nothing else changes", () => {
  const value = JSON.parse('{"/home/ada":["/home/ada/x",1,null,true,{"__proto__":"/home/ada"}]}') as object;
  expect(JSON.stringify(texts.inAnswer(value))).toBe('{"~":["~/x",1,null,true,{"__proto__":"~"}]}');
  expect(eachText(undefined, () => "x")).toBeUndefined();
});
