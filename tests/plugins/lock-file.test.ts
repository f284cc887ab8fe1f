import { expect, test } from "bun:test";
import { parseLock } from "../../src/plugins/install/lock-file.ts";

const hash = `--hash=sha256:${"a".repeat(64)}`;

test("reads pinned packages with their hashes, over continued lines, with comments and markers", () => {
  const text = `# comment\nnumpy==2.4.6 \\\n    ${hash} \\\n    ${hash}\n\npy-x[extra]==1.0 ; python_version < "3.13" ${hash} # why\n`;
  expect(parseLock(text, "lock")).toEqual([
    { name: "numpy", version: "2.4.6" },
    { name: "py-x", version: "1.0" },
  ]);
  expect(parseLock("# nothing\n", "lock")).toEqual([]);
});

test.each([
  ["no hash", "numpy==2.4.6"],
  ["no pin", `numpy>=2 ${hash}`],
  ["an index", `--index-url https://example.org/simple\nnumpy==1 ${hash}`],
  ["another lock", `-r other.lock`],
  ["a file from somewhere", `numpy @ https://example.org/numpy.whl ${hash}`],
  ["an address with a pin", `https://example.org/numpy.whl ${hash}`],
  ["a short hash", `numpy==1 --hash=sha256:abc`],
  ["an editable", `-e .`],
])("refuses a lock with %s", (_, text) => {
  expect(() => parseLock(text, "my.lock")).toThrow("my.lock:");
});
