/** The tools of the agent selector: one to read a turn, and one for each answer. */
import * as v from "valibot";
import type { ToolSpec } from "../../../core/tool-calls.ts";
import { CriteriaText, handleOf, WrittenChoice } from "../answer.ts";
import type { TurnBatch } from "../selector.ts";
import { wholeTurn, windowOf } from "../turn-lines.ts";

/** Characters of one result. */
const window = { usual: 6_000, most: 12_000 } as const;

const Whole = (least: number, most: number, what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(what));

export const Criteria = v.strictObject({ text: v.pipe(CriteriaText, v.description("The criteria, as Markdown.")) });

export const Choice = v.strictObject({
  turns: v.pipe(
    v.array(WrittenChoice),
    v.maxLength(1_000),
    v.description("The turns worth learning; none if there are none."),
  ),
});

const ReadTurn = v.strictObject({
  turn: v.pipe(v.string(), v.maxLength(20), v.description('The handle of a turn of this batch, as in the list: "t3".')),
  from: v.optional(Whole(0, 1_000_000_000, "first character, from 0"), 0),
  characters: v.optional(Whole(200, window.most, "how many"), window.usual),
});

export const criteriaTool: ToolSpec = {
  name: "criteria",
  description: "Hands in the criteria by which turns are to be chosen.",
  parameters: Criteria,
};

export const readTurnTool: ToolSpec = {
  name: "read_turn",
  description:
    "Reads a turn of this batch whole: the conversation that led to it, the reply, and what came of it. Long ones page by page.",
  parameters: ReadTurn,
};

export const chooseTool: ToolSpec = {
  name: "choose",
  description:
    "Hands in the turns of this batch that are worth learning, each with its criterion and a reason. Ends the batch.",
  parameters: Choice,
};

/** `given` fits the parameters of `read_turn`. */
export async function readTurn(given: unknown, { turns, texts }: TurnBatch): Promise<string> {
  const { turn: handle, from, characters } = v.parse(ReadTurn, given);
  const turn = turns.find((_, index) => handleOf(index) === handle);
  if (turn === undefined) return `${JSON.stringify(handle)} is no turn of this batch. They are t1 to t${turns.length}.`;
  return windowOf(wholeTurn(turn, await texts(turn.id), handle), from, characters);
}
