import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { OperationSpec } from "../../../src/core/scaffold.ts";
import { operationTable } from "../../../src/memory/operation-table.ts";
import { type CleanTurn, cleanTurn, textRules } from "../../../src/train/cleanup/clean-turn.ts";
import { placedItems } from "../../../src/train/cleanup/pieces.ts";
import { meaning, type TurnText } from "../../../src/train/cleanup/rules.ts";

const note: OperationSpec = {
  name: "NOTE",
  phases: ["log"],
  effect: "write",
  arguments: ["name", "text"],
  help: "",
};
const table = operationTable([note]);

const log = (text: string, cut = false) => cleanTurn({ phase: "log", text, cut }, table);
const plan = (text: string, cut = false) => cleanTurn({ phase: "plan", text, cut }, table);
const kept = (text: string, ...cleaned: string[]): CleanTurn => ({ text, cleaned });
const ruleOf = (turn: CleanTurn) => ("setAside" in turn ? turn.setAside.rule : "kept");

describe("the rules", () => {
  test("take away code fences around operations, and leave those inside of what is written", () => {
    expect(log("```text\n<|APPEND|>a.txt|x<|END|>\n```\n<|DONE|>\n```")).toEqual(
      kept("<|APPEND|>a.txt|x<|END|>\n<|DONE|>", "fences", "done"),
    );
    const fenced = "<|APPEND|>a.md|```py\nprint()\n```<|END|><|DONE|>";
    expect(log(fenced)).toEqual(kept(fenced));
  });

  test("cut LOG at the first DONE", () => {
    expect(log("<|NOTE|>mason|coral<|END|><|DONE|> <|APPEND|>a.txt|late<|END|>")).toEqual(
      kept("<|NOTE|>mason|coral<|END|><|DONE|>", "done"),
    );
    expect(log("<|DONE|><|END|>")).toEqual(kept("<|DONE|>", "done"));
  });

  test("take ACTION out of a turn that consults, and keep the turn that ends consulting", () => {
    expect(plan("Look first. <|SEARCH|>a.txt|mason<|END|>\n<|ACTION|>walk<|END|>")).toEqual(
      kept("Look first. <|SEARCH|>a.txt|mason<|END|>", "action", "tail"),
    );
    expect(plan("It is coral. <|ACTION|>coral<|END|> So be it.")).toEqual(
      kept("It is coral. <|ACTION|>coral<|END|>", "tail"),
    );
  });

  test("take out what was refused where something else ran, and leave a turn of which nothing did", () => {
    const search = "<|SEARCH|>a.txt|mason<|END|>";
    const outcomes = (...statuses: ("ok" | "empty" | "refused")[]) => ({
      outcomes: statuses.map((status) => ({ name: "SEARCH", status })),
    });
    const twice = { phase: "plan", text: `${search}\n${search}`, cut: false } as const;
    expect(cleanTurn({ ...twice, ...outcomes("ok", "refused") }, table)).toEqual(kept(search, "refused", "tail"));
    expect(cleanTurn({ ...twice, ...outcomes("ok", "ok") }, table)).toEqual(kept(twice.text));
    expect(cleanTurn({ ...twice, ...outcomes("refused", "refused") }, table)).toEqual(kept(twice.text));
    // What was recorded is of another reply: nothing is taken out by it.
    expect(cleanTurn({ ...twice, ...outcomes("ok", "refused", "ok") }, table)).toEqual(kept(twice.text));
    const notes = "<|NOTE|>mason|coral<|END|>\n<|NOTE|>queen<|END|><|DONE|>";
    const recorded = [
      { name: "NOTE", status: "ok" },
      { name: "NOTE", status: "malformed" },
      { name: "DONE", status: "ok" },
    ] as const;
    expect(cleanTurn({ phase: "log", text: notes, cut: false, outcomes: recorded }, table)).toEqual(
      kept("<|NOTE|>mason|coral<|END|>\n<|DONE|>", "refused"),
    );
    const refused = "<|NOTE|>queen|silk<|END|><|DONE|>";
    const nothing = [
      { name: "NOTE", status: "refused" },
      { name: "DONE", status: "ok" },
    ] as const;
    expect(cleanTurn({ phase: "log", text: refused, cut: false, outcomes: nothing }, table)).toEqual(kept(refused));
    const acting = {
      text: `<|ACTION|>walk<|END|> ${search} <|READ|>b.txt<|END|>`,
      outcomes: [
        { name: "SEARCH", status: "ok" },
        { name: "READ", status: "refused" },
        { name: "ACTION", status: "ok" },
      ] as const,
    };
    expect(cleanTurn({ phase: "plan", cut: false, ...acting }, table)).toEqual(
      kept(` ${search}`, "refused", "action", "tail"),
    );
  });

  test("trim what follows the last operation, what was cut off included", () => {
    expect(log("I note it. <|APPEND|>a.txt|x<|END|> And now I", true)).toEqual(
      kept("I note it. <|APPEND|>a.txt|x<|END|>", "tail"),
    );
    expect(log("<|APPEND|>a.txt|x<|END|><|APPEND|>b.txt|half", true)).toEqual(kept("<|APPEND|>a.txt|x<|END|>", "tail"));
  });

  test("set aside a turn without operation, in a wrong form, or of the other phase", () => {
    expect(ruleOf(log("Nothing to write."))).toBe("no-operation");
    expect(ruleOf(log(""))).toBe("no-operation");
    expect(ruleOf(log("<|APPEND|>a.txt|half", true))).toBe("no-operation");
    expect(ruleOf(log("<|APPEND|>a.txt|x<|DONE|>"))).toBe("malformed");
    expect(ruleOf(log("<|APPEND|>a.txt<|END|><|DONE|>"))).toBe("malformed");
    expect(ruleOf(log("<|FORGET|>a.txt<|END|><|DONE|>"))).toBe("malformed");
    expect(ruleOf(plan("<|ACTION|>walk"))).toBe("malformed");
    expect(ruleOf(plan("<|APPEND|>a.txt|x<|END|>"))).toBe("wrong-phase");
    expect(ruleOf(log("<|ACTION|>walk<|END|>"))).toBe("wrong-phase");
  });
});

const tag = fc.constantFrom(
  ..."<|APPEND|> <|WRITE|> <|CREATE|> <|READ|> <|SEARCH|> <|TAIL|> <|COUNT|> <|NOTE|> <|DONE|> <|ACTION|> <|END|> <END> <|END|} <READ> <|read|> <|WHAT|>".split(
    " ",
  ),
);
const filler = fc.constantFrom(
  "a.txt",
  "|",
  "mason",
  "\n",
  " ",
  "```\n",
  "\n```",
  "```python\n",
  "`",
  "``",
  "<",
  "|>",
  "7",
  "<|RE",
  "AD|>",
);
const wellFormed = fc.constantFrom(
  "<|APPEND|>a.txt|mason: coral<|END|>",
  "<|NOTE|>mason|coral<|END|>",
  "<|SEARCH|>a.txt|mason<|END|>",
  "<|READ|>a.txt<|END|>",
  "<|DONE|>",
  "<|ACTION|>walk<|END|>",
);
const reply = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: wellFormed }, { weight: 2, arbitrary: tag }, { weight: 4, arbitrary: filler }),
    {
      maxLength: 14,
    },
  )
  .map((parts) => parts.join(""));
const statuses = fc.infiniteStream(fc.constantFrom("ok", "empty", "refused"));
/** With an outcome for each of its operations, as if it had been played; half of them without. */
const turn: fc.Arbitrary<TurnText> = fc
  .record({ phase: fc.constantFrom("log", "plan"), text: reply, cut: fc.boolean(), played: fc.boolean(), statuses })
  .map(({ played, statuses: drawn, ...given }) => {
    if (!played) return given;
    const outcomes = placedItems(given.text, table, given.cut)
      .filter((item) => nameOf(item) !== "ACTION")
      .map((item) =>
        item.kind === "failure"
          ? { name: item.name, status: "malformed" as const }
          : { name: item.operation.name, status: drawn.next().value as "ok" | "empty" | "refused" },
      );
    return { ...given, outcomes };
  });

function nameOf(item: ReturnType<typeof placedItems>[number]): string {
  return item.kind === "operation" ? item.operation.name : "";
}

const items = ({ text, cut }: TurnText) => placedItems(text, table, cut);

describe("for any reply", () => {
  test("places name where each item stands", () => {
    fc.assert(
      fc.property(turn, (given) => {
        let last = 0;
        for (const { start, end, raw } of items(given)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(given.text.slice(start, end)).toBe(raw);
          last = end;
        }
      }),
      { numRuns: 500 },
    );
  });

  for (const [name, rule] of textRules) {
    test(`${name}: done twice is done once, and gives nothing but what was there in its order`, () => {
      fc.assert(
        fc.property(turn, (given) => {
          const once = rule(given, table);
          expect(isSubsequence(once.text, given.text)).toBe(true);
          expect(rule(once, table).text).toBe(once.text);
        }),
        { numRuns: 500 },
      );
    });

    test(`${name}: the operations that stay mean what they meant`, () => {
      fc.assert(
        fc.property(turn, (given) => {
          const before = items(given).map(meaning);
          const after = items(rule(given, table)).map(meaning);
          expect(isSubsequence(after, before)).toBe(true);
          if (name === "fences") expect(after).toEqual(before);
        }),
        { numRuns: 500 },
      );
    });
  }

  test("the whole clean-up is idempotent, invents nothing, and what it keeps can be learnt", () => {
    let keptTurns = 0;
    fc.assert(
      fc.property(turn, (given) => {
        const clean = cleanTurn(given, table);
        if ("setAside" in clean) return;
        keptTurns += 1;
        expect(isSubsequence(clean.text, given.text)).toBe(true);
        expect(clean.cleaned.length > 0).toBe(clean.text !== given.text);
        const again: TurnText = { phase: given.phase, text: clean.text, cut: false };
        expect(cleanTurn(again, table)).toEqual({ text: clean.text, cleaned: [] });
        const stay = items(again);
        expect(stay.every((item) => item.kind === "operation" && !item.unclosed)).toBe(true);
        expect(stay.at(-1)?.end).toBe(clean.text.length);
        const names = stay.map(nameOf);
        if (given.phase === "log") expect(names.slice(0, -1)).not.toContain("DONE");
        else if (names.includes("ACTION")) expect(new Set(names)).toEqual(new Set(["ACTION"]));
        expect(isSubsequence(stay.map(meaning), items(given).map(meaning))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(keptTurns).toBeGreaterThan(200);
  });

  test("a LOG turn loses no operation that was run, and a PLAN turn none but ACTION", () => {
    fc.assert(
      fc.property(turn, (given) => {
        const clean = cleanTurn({ ...given, outcomes: undefined }, table);
        if ("setAside" in clean) return;
        const before = items(given).filter(({ kind }) => kind === "operation");
        const done = before.findIndex((item) => nameOf(item) === "DONE");
        const run = given.phase === "log" && done !== -1 ? before.slice(0, done + 1) : before;
        const consults = run.some((item) => nameOf(item) !== "ACTION");
        const wanted = given.phase === "plan" && consults ? run.filter((item) => nameOf(item) !== "ACTION") : run;
        const stay = items({ ...given, text: clean.text, cut: false });
        expect(stay.map(meaning)).toEqual(wanted.map(meaning));
      }),
      { numRuns: 2_000 },
    );
  });
});

function isSubsequence(part: ArrayLike<string>, whole: ArrayLike<string>): boolean {
  let at = 0;
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++;
  return at === part.length;
}
