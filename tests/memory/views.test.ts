import { expect, test } from "bun:test";
import type { MemoryWriter } from "../../src/core/scaffold.ts";
import { type HookWrite, MemoryRefusedError, memoryReader, withWriter } from "../../src/memory/views.ts";
import { folderWith } from "./support.ts";

test("a reader can only list and read", () => {
  const folder = folderWith({ a: "x" });
  expect(Object.keys(memoryReader(folder))).toEqual(["list", "read"]);
  expect(memoryReader(folder).read("a")).toBe("x");
  expect(memoryReader(folder).read("b")).toBeUndefined();
});

test("a writer reports what it did and what was refused, and is closed after the hook", () => {
  const folder = folderWith({ a: "x" });
  const reports: HookWrite[] = [];
  let kept: MemoryWriter | undefined;
  const report = (write: HookWrite) => reports.push(write);
  expect(() =>
    withWriter(folder, report, (writer) => {
      kept = writer;
      writer.append("a", "y");
      writer.remove("b");
    }),
  ).toThrow("REMOVE b: There is no file b.");
  expect(reports.map(({ name, file, answer }) => [name, file, answer.ok])).toEqual([
    ["APPEND", "a", true],
    ["REMOVE", "b", false],
  ]);
  expect(() => kept!.write("a", "z")).toThrow(MemoryRefusedError);
  expect(folder.snapshot()).toEqual({ a: "x\ny" });
});
