/**
 * A scripted model for the game courier, task tiny: it writes down every password it is told, and at a door says the word that its prompt
 * shows beside the person. It never looks anything up, so a scaffold that shows notes in PLAN makes it better, and nothing else does.
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
      match: `(?=[\\s\\S]*\\b${person}: ${word}\\b)[\\s\\S]*You are at the ${person}'s door`,
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
