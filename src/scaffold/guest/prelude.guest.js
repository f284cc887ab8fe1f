/**
 * Runs first in the sandbox. Evaluates to `boot`, which the host calls once with its one function and keeps what comes back: `load`,
 * `enter` and `invoke`. All that crosses is text: JSON, or a long text as it is where it has no zero byte and no lone surrogate. Each hook
 * starts from the memory image taken after `enter`.
 */
(() => {
  const { parse, stringify } = JSON;
  const { freeze, keys, assign } = Object;
  const uncurried = (method) => Function.prototype.call.bind(method);
  const isWellFormed = uncurried(String.prototype.isWellFormed);
  const includes = uncurried(String.prototype.includes);
  const slice = uncurried(String.prototype.slice);
  const limits = { response: 2_000_000, stack: 2_000 };
  let callHost;
  let hooks;
  let episode;
  let handlers;
  /** What packages make once an episode: `{make, value}`. */
  const episodeValues = [];

  /** Taken from here by the module "automem", which has no other way to the prelude. */
  globalThis.automemPerEpisode = (make) => {
    if (typeof make !== "function") throw new TypeError("perEpisode needs a function");
    if (hooks !== undefined) throw new Error("perEpisode belongs at the top level of a module, not into a hook");
    const kept = { make, value: undefined };
    episodeValues.push(kept);
    return () => {
      if (episode === undefined) throw new Error("a value of perEpisode can be had in hooks only");
      return kept.value;
    };
  };

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
    const text = callHost(stringify(request));
    if (text[0] === '"') return slice(text, 1);
    const answer = parse(text);
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

  /** What `work` gives, a text; or `{failed: {name, message, stack}}`. */
  function guarded(work) {
    let text;
    try {
      text = work();
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
      delete globalThis.automemPerEpisode;
      return stringify({ ok: shape });
    });
  }

  function enter(episodeText) {
    episode = deepFreeze(parse(episodeText));
    for (const kept of episodeValues) kept.value = kept.make(episode);
  }

  /** The step with the long texts where they belong; an empty one is a hook that runs before the first observation. */
  function stepOf(stepText, long, longBefore) {
    if (stepText === "") return undefined;
    const step = parse(stepText);
    if (long !== "") step.observation.long = long;
    if (longBefore !== "") step.previousObservation.long = longBefore;
    return step;
  }

  /** `"` and the state, a line end, and the value as it is; or `{"value"}` in its place, after `:`. The state is JSON, so it has no line end. */
  function answerOf(value, stateValue) {
    const state = stringify(stateValue) ?? "";
    if (typeof value === "string" && isWellFormed(value) && !includes(value, "\0")) return `"${state}\n${value}`;
    return `:${state}\n${stringify({ value })}`;
  }

  /** Each is text; see `HookTexts` of the host. */
  function invoke(requestText, stepText, stateText, long, longBefore) {
    return guarded(() => {
      const request = parse(requestText);
      random = request.random;
      const context = assign({}, episode, stepOf(stepText, long, longBefore));
      context.state = parse(stateText);
      const memory = memoryFor(request.access);
      if (memory !== undefined) context.memory = memory;
      const result = request.operation
        ? handlers[request.operation](context, ...request.args)
        : hooks[request.hook](context, ...request.args);
      if (request.hook === "onReset") return answerOf(null, result ?? {});
      return answerOf(result ?? null, context.state ?? {});
    });
  }

  return function boot(hostFunction) {
    callHost = hostFunction;
    return { load, enter, invoke };
  };
})();
