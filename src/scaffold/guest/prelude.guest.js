/**
 * Runs first in the sandbox. Evaluates to `boot`, which the host calls once with its one function and keeps what comes back: `load`
 * and `invoke`. Everything that crosses is JSON text. Each hook starts from the memory image taken after `load`.
 */
(() => {
  const { parse, stringify } = JSON;
  const { freeze, keys, assign } = Object;
  const limits = { response: 2_000_000, stack: 2_000 };
  let callHost;
  let hooks;
  let episode;
  let handlers;

  let random = [1, 2, 3, 4];
  /** sfc32: 32-bit words only, so the same everywhere. */
  function nextRandom() {
    let [a, b, c, d] = random;
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    random = [a, b, c | 0, d];
    return (sum >>> 0) / 4294967296;
  }
  Math.random = nextRandom;
  for (const name of ["SharedArrayBuffer", "Atomics", "WeakRef", "FinalizationRegistry"]) delete globalThis[name];

  function ask(request) {
    const answer = parse(callHost(stringify(request)));
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  }

  function linesOf(text) {
    const lines = text.split("\n");
    if (lines[lines.length - 1] === "") lines.pop();
    return lines;
  }

  function memoryFor(access) {
    if (access === "none") return undefined;
    const read = (file) => ask({ call: "read", file }) ?? undefined;
    const linesIn = (file) => linesOf(read(file) ?? "");
    const reader = {
      list: () => ask({ call: "list" }),
      read,
      search: (file, keyword) => {
        const wanted = String(keyword).toLowerCase();
        return linesIn(file).filter((line) => line.toLowerCase().includes(wanted));
      },
      tail: (file, count) => (count > 0 ? linesIn(file).slice(-count) : []),
      count: (file) => linesIn(file).length,
    };
    if (access === "read") return reader;
    return assign(reader, {
      write: (file, text) => ask({ call: "write", file, text }),
      append: (file, text) => ask({ call: "append", file, text }),
      remove: (file) => ask({ call: "remove", file }),
    });
  }

  function describe(thrown) {
    try {
      if (thrown instanceof Error) {
        return {
          name: String(thrown.name).slice(0, 200),
          message: String(thrown.message).slice(0, limits.stack),
          stack: String(thrown.stack).slice(0, limits.stack),
        };
      }
      return { name: typeof thrown, message: String(thrown).slice(0, limits.stack), stack: "" };
    } catch {
      return { name: "unknown", message: "a value that cannot be shown was thrown", stack: "" };
    }
  }

  /** Answers `{ok: [result, state]}` or `{failed: {name, message, stack}}`. */
  function guarded(work) {
    let text;
    try {
      text = stringify({ ok: work() });
      if (text.length > limits.response) throw new RangeError(`the result has ${text.length} characters`);
    } catch (thrown) {
      text = stringify({ failed: describe(thrown) });
    }
    return text;
  }

  function deepFreeze(value) {
    if (typeof value === "object" && value !== null) {
      for (const key of keys(value)) deepFreeze(value[key]);
      freeze(value);
    }
    return value;
  }

  function shapeOf(definition) {
    if (typeof definition !== "object" || definition === null) {
      throw new TypeError("the entry module has no default export made by defineScaffold({...})");
    }
    const own = definition.operations ?? [];
    handlers = Object.fromEntries(own.map((each) => [each.name, each.run]));
    for (const each of own) {
      if (typeof each.run !== "function") throw new TypeError(`operation ${each.name} has no run function`);
    }
    return {
      hooks: keys(definition).filter((key) => typeof definition[key] === "function"),
      unknown: keys(definition).filter((key) => typeof definition[key] !== "function"),
      operations: own.map(({ run, ...spec }) => spec),
      hiddenOperations: definition.hiddenOperations ?? [],
    };
  }

  function load(definition) {
    return guarded(() => {
      const shape = shapeOf(definition);
      hooks = definition;
      return shape;
    });
  }

  function enter(episodeText) {
    episode = deepFreeze(parse(episodeText));
  }

  /** `step` and `state` are JSON text; an empty `step` is a hook that runs before the first observation. */
  function invoke(requestText, step, stateText) {
    return guarded(() => {
      const request = parse(requestText);
      random = request.random;
      const context = assign({}, episode, step === "" ? undefined : parse(step));
      context.state = parse(stateText);
      const memory = memoryFor(request.access);
      if (memory !== undefined) context.memory = memory;
      const result = request.operation
        ? handlers[request.operation](context, ...request.args)
        : hooks[request.hook](context, ...request.args);
      if (request.hook === "onReset") return { value: null, state: stringify(result ?? {}) };
      return { value: result ?? null, state: stringify(context.state ?? {}) };
    });
  }

  return function boot(hostFunction) {
    callHost = hostFunction;
    return { load, enter, invoke };
  };
})();
