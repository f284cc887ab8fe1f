import { expect, test } from "bun:test";
import { choosePython, findPythons, type Python, satisfies } from "../../src/plugins/install/python-version.ts";

test.each([
  ["3.11.7", ">=3.11,<3.13", true],
  ["3.13.0", ">=3.11,<3.13", false],
  ["3.12.99", ">=3.11,<3.13", true],
  ["3.9.1", ">=3.10", false],
  ["3.10.0", ">=3.10", true],
  ["3.11.7", "==3.11", true],
  ["3.11.7", "==3.11.8", false],
  ["3.11.7", "!=3.11", false],
  ["3.11.7", ">3.11", false],
  ["3.12.0", ">3.11", true],
  ["3.11.7", "<=3.11", true],
  ["3.11.7", "about 3.11", false],
])("%s in %s: %p", (version, range, fits) => {
  expect(satisfies(version, range)).toBe(fits);
});

const python = (version: string, canMakeEnvironments = true): Python => ({
  path: `/usr/bin/python${version}`,
  version,
  canMakeEnvironments,
});

test("takes the first that fits, one that can make environments before one that cannot", () => {
  expect(choosePython([python("3.13.1"), python("3.12.2"), python("3.11.7")], ">=3.11,<3.13", "x").version).toBe(
    "3.12.2",
  );
  expect(choosePython([python("3.12.2", false), python("3.11.7")], ">=3.11", "x").version).toBe("3.11.7");
  expect(choosePython([python("3.12.2", false)], ">=3.11", "x").version).toBe("3.12.2");
});

test("says what is there and what to do when none fits", () => {
  expect(() => choosePython([python("3.13.1")], ">=3.11,<3.13", "minihack")).toThrow(
    /minihack needs Python >=3.11,<3.13; found on the PATH: 3.13.1. Install one .*apt-get install python3/,
  );
  expect(() => choosePython([], ">=3.11", "x")).toThrow("no Python was found");
});

test("finds the Python of this machine, and none on an empty path", async () => {
  const found = await findPythons(process.env);
  expect(found.length).toBeGreaterThan(0);
  expect(await Bun.file(found[0]!.path).exists()).toBe(true);
  expect(await findPythons({ PATH: "/nowhere" })).toEqual([]);
});
