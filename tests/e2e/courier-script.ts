/**
 * A scripted model for the game courier, task tiny: it writes down every password it is told, and at a door says the word that its prompt
 * shows beside the person. It never looks anything up, so a scaffold that shows notes in PLAN makes it better, and nothing else does.
 * Patterns with a look-ahead are anchored: tried at each character, it would take the square of the prompt's length.
 */

const people =
  "smith baker miller weaver potter tailor mason cooper sailor fisher hunter farmer doctor lawyer singer painter".split(
    " ",
  );
const words = "jade amber ruby pearl coral silver copper gold iron glass velvet cotton".split(" ");

export function rememberingScript(): object {
  const told = people.flatMap((person) =>
    words.map((word) => ({
      phase: "log",
      turn: 0,
      match: `The ${person} says: my password is (now )?${word}\\.`,
      reply: `<|APPEND|>notes.txt|${person}: ${word}<|END|><|DONE|>`,
      cycle: true,
    })),
  );
  const asked = people.flatMap((person) =>
    words.map((word) => ({
      phase: "plan",
      turn: 0,
      match: `^(?=[\\s\\S]*\\b${person}: ${word}\\b)[\\s\\S]*You are at the ${person}'s door`,
      reply: `<|ACTION|>${word}<|END|>`,
      cycle: true,
    })),
  );
  return {
    schema: "automem.script/1",
    rules: [
      ...told,
      { phase: "log", reply: "<|DONE|>", cycle: true },
      ...asked,
      { phase: "plan", reply: "<|ACTION|>walk<|END|>", cycle: true },
    ],
  };
}

/**
 * A specialist for courier: it writes down every password it is told, and at a door looks the person up. It would always walk on. Its look-up
 * and its ACTION stand in one reply, so that what it found is told with the handoff.
 */
export function keeperScript(): object {
  const told = people.flatMap((person) =>
    words.map((word) => ({
      phase: "log",
      turn: 0,
      match: `The ${person} says: my password is (now )?${word}\\.`,
      reply: `<|APPEND|>notes.txt|${person}: ${word}\n<|END|><|DONE|>`,
      cycle: true,
    })),
  );
  const asked = people.map((person) => ({
    phase: "plan",
    turn: 0,
    match: `You are at the ${person}'s door`,
    reply: `<|SEARCH|>notes.txt|${person}<|END|>\n<|ACTION|>walk<|END|>`,
    cycle: true,
  }));
  return {
    schema: "automem.script/1",
    log: "keeper.jsonl",
    rules: [
      ...told,
      { phase: "log", reply: "<|DONE|>", cycle: true },
      ...asked,
      { phase: "plan", reply: "Nothing to look up. <|ACTION|>walk<|END|>", cycle: true },
    ],
  };
}

/** A base model that says a word it was told with the handoff, and walks on without one. It has no rule for LOG. */
export function actorScript(): object {
  const found = people.flatMap((person) =>
    words.map((word) => ({
      phase: "plan",
      match: `${person}: ${word}\\b`,
      reply: `<|ACTION|>${word}<|END|>`,
      cycle: true,
    })),
  );
  return {
    schema: "automem.script/1",
    log: "actor.jsonl",
    rules: [...found, { phase: "plan", reply: "<|ACTION|>walk<|END|>", cycle: true }],
  };
}

/**
 * One model that is both: under an adapter of that rank it keeps the memory as `keeperScript` does, under another and alone it writes
 * nothing down; it acts as `actorScript` does. `verify` are the prompts on which an adapter that was loaded is looked at.
 */
export function adaptedScript(rank = 8): object {
  const { rules: keeper } = keeperScript() as { rules: object[] };
  const { rules: actor } = actorScript() as { rules: object[] };
  return {
    schema: "automem.script/1",
    rules: [
      { episode: "verify", adapter: true, reply: "I write down what I was told.", cycle: true },
      { episode: "verify", reply: "There is nothing to do but walk on.", cycle: true },
      ...keeper.map((rule) => ({ ...rule, adapter: rank })),
      ...actor,
      { phase: "log", reply: "<|DONE|>", cycle: true },
    ],
  };
}
