/**
 * A scripted model for courier's task tiny with the scaffold courier: it notes most passwords it is told, searches at every door, and says the
 * word it found. Three flaws, each of which training data must not pick up: it lets the passwords of some people go by, notes a wrong word for
 * others, and writes a fence around its notes.
 */

export const noting = "smith baker miller weaver potter tailor mason cooper".split(" ");
export const forgetting = "sailor fisher hunter farmer".split(" ");
export const mistaking = "doctor lawyer singer painter".split(" ");
const words = "jade amber ruby pearl coral silver copper gold iron glass velvet cotton".split(" ");

export function searchingScript(): object {
  const told = (people: readonly string[], reply: (person: string, word: string) => string) =>
    people.flatMap((person) =>
      words.map((word) => ({
        phase: "log",
        turn: 0,
        match: `The ${person} says: my password is ${word}\\.`,
        reply: reply(person, word),
        cycle: true,
      })),
    );
  const everyone = [...noting, ...forgetting, ...mistaking];
  return {
    schema: "automem.script/1",
    rules: [
      ...told(noting, (person, word) => `\`\`\`\n<|NOTE|>${person}|${word}<|END|>\n<|DONE|>\n\`\`\``),
      ...told(mistaking, (person) => `<|NOTE|>${person}|walk<|END|><|DONE|>`),
      { phase: "log", reply: "<|DONE|>", cycle: true },
      ...everyone.map((person) => ({
        phase: "plan",
        turn: 0,
        match: `You are at the ${person}'s door`,
        reply: `I noted it. <|SEARCH|>passwords.txt|${person}<|END|>`,
        cycle: true,
      })),
      ...everyone.flatMap((person) =>
        words.map((word) => ({
          phase: "plan",
          turn: 1,
          match: `\\b${person}: ${word}\\b`,
          reply: `<|ACTION|>${word}<|END|> That is what I found.`,
          cycle: true,
        })),
      ),
      { phase: "plan", reply: "<|ACTION|>walk<|END|>", cycle: true },
    ],
  };
}
