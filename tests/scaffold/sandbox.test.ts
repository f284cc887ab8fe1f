/** The machine itself: every hook starts from the same memory, whatever ran before. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { Sandbox } from "../../src/scaffold/sandbox/sandbox.ts";

const source = `
let counter = 0; const cache = new Map(); const list = [];
export default {
  probe: (ctx) => [counter, cache.size, list.length, Math.random(), Object.keys(globalThis).length, ctx.observation.long, ctx.memory.read("x")],
  count: () => { counter += 1; globalThis["g" + counter] = 1; },
  grow: () => { for (let i = 0; i < 3000; i += 1) cache.set("key" + i, { i }); },
  large: () => { list.push(new Uint8Array(20e6).fill(255)); },
  strings: (ctx) => { for (let i = 0; i < 500; i += 1) list.push(ctx.observation.long + "y".repeat(i)); },
  patch: () => { Array.prototype.map = () => 0; Object.prototype.x = 1; JSON.parse = 0; delete globalThis.Map; },
  regex: () => /(\\w+)@(\\w+)/.exec("a@b".repeat(50)),
  throws: () => { try { null.x; } catch {} return Promise.resolve().then(() => { counter = 9; }); },
  own: (ctx) => { for (let i = 0; i < 20; i += 1) cache.set(i, ctx.memory.read("x")); },
};`;
const names = ["count", "grow", "large", "strings", "patch", "regex", "throws", "own", "probe"];

async function open(): Promise<(hook: string) => { answer: string; work: number }> {
  const sandbox = await Sandbox.open();
  sandbox.loadModules({ entry: "hooks.ts", sources: new Map([["hooks.ts", source]]) });
  sandbox.enter("{}");
  const step = JSON.stringify({ observation: { long: "" } });
  const texts = { step, state: "{}", longTexts: ["z".repeat(4_000), ""] };
  return (hook) => {
    const request = JSON.stringify({ hook, args: [], access: "read", random: [1, 2, 3, 4] });
    return { answer: sandbox.invoke({ request, ...texts }, () => "memory"), work: sandbox.fuelUsed };
  };
}

test("result and work of a hook are the same after any other hooks, in any order", async () => {
  const expected = (await open())("probe");
  const [state, value] = expected.answer.split("\n");
  expect(state).toBe(":{}");
  expect(JSON.parse(value!).value.slice(0, 3)).toEqual([0, 0, 0]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 12 }), async (before) => {
      const run = await open();
      for (const hook of before) run(hook);
      expect(run("probe")).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
