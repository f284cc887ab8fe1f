/** Hostile scaffold code: every attempt ends in a clear ScaffoldError or in nothing, the host is unharmed, and other sessions go on. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ScaffoldError } from "../../src/core/errors.ts";
import type { ScaffoldSession } from "../../src/core/scaffold.ts";
import { episode, loadHooks, memoryOf, openHooks, step } from "./packages.ts";

const memory = memoryOf({ "notes.txt": "one\ntwo\n" });
let sibling: ScaffoldSession;

beforeAll(async () => {
  sibling = await openHooks("handoff: (ctx) => 'sibling ' + ctx.memory.count('notes.txt')");
});

afterAll(() => {
  expect(sibling.handoff(step, memory)).toBe("sibling 2");
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

/** Runs a plan prompt made of `body` and gives the error it ends in. */
async function faultOf(body: string): Promise<ScaffoldError> {
  const session = await openHooks(`handoff(ctx) { ${body} }`);
  const started = performance.now();
  let fault: unknown;
  try {
    session.handoff(step, memory);
  } catch (thrown) {
    fault = thrown;
  }
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(fault).toBeInstanceOf(ScaffoldError);
  expect((fault as Error).message).toContain("Scaffold toy 1.2.3");
  expect((fault as Error).message).toContain("handoff");
  expect(sibling.handoff(step, memory)).toBe("sibling 2");
  expect(() => session.handoff(step, memory)).toThrow(ScaffoldError);
  return fault as ScaffoldError;
}

describe("what the sandbox does not have", () => {
  const absent = [
    "process",
    "Bun",
    "fetch",
    "require",
    "Date",
    "setTimeout",
    "setInterval",
    "WebAssembly",
    "console",
    "crypto",
    "performance",
    "Worker",
    "global",
    "self",
    "window",
    "Deno",
    "module",
    "__dirname",
    "SharedArrayBuffer",
    "Atomics",
  ];
  for (const name of absent) {
    test(`there is no ${name}`, async () => {
      const session = await openHooks(`handoff: () => (0, eval)("typeof ${name}") + typeof globalThis["${name}"]`);
      expect(session.handoff(step, memory)).toBe("undefinedundefined");
    });
  }

  test("using one that is absent is a ScaffoldError that names it", async () => {
    const fault = await faultOf("return process.env.HOME");
    expect(fault.code).toBe("hook-failed");
    expect(fault.message).toContain("process");
  });

  test("Function constructors reach the sandbox only", async () => {
    const session = await openHooks(`handoff: (ctx) => [
      Function("return typeof process + typeof Bun")(),
      (() => 0).constructor("return typeof process")(),
      ctx.memory.read.constructor("return typeof Bun")(),
      ctx.memory.list().constructor.constructor("return typeof process")(),
      (0, eval)("typeof fetch"),
    ].join(" ")`);
    expect(session.handoff(step, memory)).toBe("undefinedundefined undefined undefined undefined undefined");
  });
});

describe("imports", () => {
  for (const source of [
    `import "fs"; `,
    `import "node:fs"; `,
    `import x from "bun"; x(); `,
    `import "https://example.com/x.ts"; `,
    `import "/etc/passwd"; `,
    `import "../outside.ts"; `,
    `import "./missing.ts"; `,
  ]) {
    test(`refuses ${source.trim()}`, async () => {
      const fault = await loadHooks("", source).catch((thrown) => thrown);
      expect(fault).toBeInstanceOf(ScaffoldError);
      expect(fault.message).toContain("import");
    });
  }

  test("refuses a dynamic import and a require in the source", async () => {
    await expect(loadHooks(`handoff: async () => import("./hooks.ts")`)).rejects.toThrow(/dynamic-import/);
    await expect(loadHooks(`handoff: () => require("fs")`)).rejects.toThrow(ScaffoldError);
  });

  test("a dynamic import made at run time gives a promise that nobody answers", async () => {
    const session = await openHooks(
      `handoff: () => { let seen = "none"; (0, eval)('import("fs")').then(() => { seen = "in"; }, () => { seen = "no"; }); return seen; }`,
    );
    expect(session.handoff(step, memory)).toBe("none");
  });

  test("refuses a package that waits at top level", async () => {
    await expect(loadHooks("", "await new Promise(() => 0);")).rejects.toThrow(/top level/);
  });
});

describe("work without end", () => {
  const endless: Record<string, string> = {
    "an endless loop": "for (;;);",
    "a loop that catches everything": "for (;;) { try { for (;;); } catch { continue; } finally { for (;;); } }",
    "a catastrophic regular expression": "return String(/^(a+)+$/.test('a'.repeat(40) + 'b'));",
    "a catastrophic replace": "return 'x'.repeat(30000).replace(/(x+x+)+y/, '');",
    "a quadratic native search": "return String('ab'.repeat(1e6).indexOf('ba'.repeat(5e5) + 'c'));",
    "a huge number": "return (10n ** 1000000n).toString().slice(0, 3);",
    "a native sort": "const a = Array.from({ length: 3e5 }, (_, i) => -i); for (;;) a.sort();",
    "copies of long strings": "const s = 'x'.repeat(2e7); let n = 0; for (;;) n += (s + n).length;",
    "an endless generator": "return [...(function* () { for (;;) yield 1; })()].join();",
    "endless recursion that catches itself": "const f = () => { try { f(); } catch { f(); } }; f(); return 'x';",
    "a getter of the result": "return { get a() { for (;;); } };",
    "toJSON of the result": "return { toJSON() { for (;;); } };",
    "a proxy as result": "return new Proxy({}, { ownKeys() { for (;;); } });",
    "the name of a thrown error":
      "const e = new Error('x'); Object.defineProperty(e, 'message', { get() { for (;;); } }); throw e;",
  };
  for (const [name, body] of Object.entries(endless)) {
    test(`stops ${name}`, async () => {
      expect((await faultOf(body)).code).toBe("hook-timeout");
    });
  }
});

test("stops a hook that waits on the host for longer than 250 ms", async () => {
  const slow = {
    ...memory,
    read() {
      const end = performance.now() + 20;
      while (performance.now() < end);
      return "x";
    },
  };
  const session = await openHooks(
    "handoff: (ctx) => { for (let i = 0; i < 100; i += 1) ctx.memory.read('x'); return 'done'; }",
  );
  expect(() => session.handoff(step, slow)).toThrow(/took more than 250 ms/);
});

describe("memory", () => {
  test("stops an array that grows without end", async () => {
    const fault = await faultOf("const all = []; for (;;) all.push(new Array(100000).fill(1));");
    expect(["hook-memory", "hook-timeout"]).toContain(fault.code);
  });

  test("stops a string that is too long", async () => {
    expect((await faultOf("return 'x'.repeat(2 ** 29);")).code).toBe("hook-memory");
  });

  test("stops a buffer that is too large", async () => {
    expect((await faultOf("return new Uint8Array(2 ** 30).length.toString();")).code).toBe("hook-memory");
  });

  test("stops deep recursion", async () => {
    expect((await faultOf("const f = () => f() + 1; return f();")).message).toContain("stack overflow");
  });

  test("stops a result nested too deep", async () => {
    await faultOf("let o = {}; for (let i = 0; i < 2e5; i += 1) o = { o }; ctx.state = o; return 'x';");
  });

  test("stops a package that fills the memory as it loads", async () => {
    await expect(loadHooks("", "const all = []; for (;;) all.push('x'.repeat(1e6) + all.length);")).rejects.toThrow(
      ScaffoldError,
    );
  });
});

describe("results that attack the host", () => {
  test("refuses a prompt that is too long and says the limit", async () => {
    const fault = await faultOf("return 'x'.repeat(262145);");
    expect(fault.code).toBe("bad-hook-result");
    expect(fault.message).toContain("262144");
  });

  test("refuses results of other types", async () => {
    for (const body of [
      "return 5;",
      "return ['a'];",
      "return {};",
      "return undefined;",
      "return Symbol('x');",
      "return () => 1;",
      "return Promise.resolve('x');",
      "return '';",
    ]) {
      expect(["bad-hook-result", "hook-failed"]).toContain((await faultOf(body)).code);
    }
  });

  test("survives any thrown value", async () => {
    for (const thrown of [
      "null",
      "undefined",
      "5",
      "'text'",
      "Symbol('x')",
      "{}",
      "Object.create(null)",
      "new Proxy({}, { get() { throw 1; } })",
      "{ toString() { throw this; } }",
      "new Proxy(function () {}, { getPrototypeOf() { throw 1; } })",
    ]) {
      expect((await faultOf(`throw ${thrown};`)).code).toBe("hook-failed");
    }
  });

  test("refuses signals and debug values nested too deep, at any depth", async () => {
    for (const depth of [10, 65, 500, 2_000, 8_000, 50_000]) {
      const deep = `let o = 1; for (let i = 0; i < ${depth}; i += 1) o = { o }; return { o };`;
      const session = await openHooks(`onObservation() { ${deep} }, debug() { ${deep} }`);
      const outcome = () => session.onObservation(step, memory);
      if (depth > 60) expect(outcome).toThrow(ScaffoldError);
      else expect(JSON.stringify(outcome())).toContain("1");
    }
  });

  test("keys named __proto__ change no prototype", async () => {
    const session = await openHooks(`
      initFiles: () => JSON.parse('{"__proto__": "x", "a.txt": "y"}'),
      onObservation: () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
      debug: () => JSON.parse('{"__proto__": {"polluted": 1}}')`);
    expect(Object.keys(session.initFiles())).toEqual(["a.txt"]);
    const signals = session.onObservation(step, memory);
    expect(Object.getPrototypeOf(signals)).toBe(Object.prototype);
    expect(signals.polluted).toBeUndefined();
    expect(JSON.stringify(session.debug(step))).toBe("{}");
  });

  test("changed built-ins stay inside and are gone at the next hook", async () => {
    const session = await openHooks(`
      handoff() {
        Object.prototype.polluted = 1; Array.prototype.toJSON = () => "no"; JSON.stringify = () => "gone"; JSON.parse = () => ({});
        String.prototype.trim = () => "gone"; globalThis.hidden = 1; Math.random = () => 0.5;
        return "first";
      },
      planContinue: () => [typeof globalThis.hidden, ({}).polluted, " a ".trim(), JSON.stringify([1])].join("/")`);
    session.handoff(step, memory);
    expect(session.planContinue(step, memory, { results: [], callsLeft: 1 })).toBe("undefined//a/[1]");
  });
});

describe("host functions", () => {
  test("a hook without write access has no write, not even by hand", async () => {
    const folder = memoryOf({ "notes.txt": "one" });
    const session = await openHooks(
      "handoff: (ctx) => typeof ctx.memory.write + typeof ctx.memory.remove + typeof ctx.memory.append",
    );
    expect(session.handoff(step, folder)).toBe("undefinedundefinedundefined");
    expect([...folder.files.keys()]).toEqual(["notes.txt"]);
  });

  test("a forged call is answered with an error inside", async () => {
    const folder = memoryOf({});
    const forge = `const original = JSON.stringify; const caught = [];
      for (const asked of ['{"call":"write","file":"x","text":"y"}', '{"call":"__proto__"}', '[]', 'null', 'not json', '{"call":"read"}', '{"call":"read","file":{}}']) {
        try { caught.push(String(ctx.memory.read({ toJSON: () => asked }))); } catch (error) { caught.push(error.message.slice(0, 20)); }
      }
      return caught.join("|") + "!";`;
    const session = await openHooks(`handoff(ctx) { ${forge} }`);
    expect(session.handoff(step, folder)).toContain("!");
    expect(folder.files.size).toBe(0);
  });

  test("ten thousand calls are the most a hook may make", async () => {
    const fault = await faultOf("for (let i = 0; i < 20000; i += 1) ctx.memory.read('none'); return 'x';");
    expect(["hook-failed", "hook-timeout"]).toContain(fault.code);
  });

  test("memory kept from one hook is of no use in the next", async () => {
    const session = await openHooks(
      `
      onObservation(ctx) { kept = ctx.memory; return {}; },
      repairAction() { return typeof kept; }`,
      "let kept;",
    );
    session.onObservation(step, memory);
    expect(session.repairAction(step, "x")).toBe("undefined");
  });

  test("a write the folder refuses is an error the hook can catch", async () => {
    const folder = {
      ...memoryOf({}),
      write: () => {
        throw new Error("the folder is full");
      },
    };
    const session = await openHooks(
      `afterLog(ctx) { try { ctx.memory.write("a", "b"); } catch (error) { ctx.state.seen = error.message; } }`,
    );
    session.afterLog(step, folder);
    expect(JSON.parse(session.state())).toEqual({ seen: "the folder is full" });
    const uncaught = await openHooks(`afterLog(ctx) { ctx.memory.write("a", "b"); }`);
    expect(() => uncaught.afterLog(step, folder)).toThrow(/the folder is full/);
  });
});

test("the same hook on the same input uses the same work, whatever ran before", async () => {
  const scaffold = await loadHooks(
    "handoff: (ctx) => Math.random() + [...ctx.observation.long].sort().join(''), planContinue: () => [...Array(3e4).keys()].join()",
  );
  const plain = await scaffold.open(episode, 3);
  const busy = await scaffold.open(episode, 3);
  for (let i = 0; i < 5; i += 1) busy.planContinue(step, memory, { results: [], callsLeft: 1 });
  expect(busy.handoff(step, memory)).toBe(plain.handoff(step, memory));
});
