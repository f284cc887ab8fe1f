/** One turn that an adapter learnt from, as text for a terminal. */
import type pc from "picocolors";
import type { TurnOrigin } from "../../app/lineage/turn-origin.ts";
import { printable } from "../terminal.ts";

type Colors = ReturnType<typeof pc.createColors>;
type Summary = NonNullable<TurnOrigin["summary"]>;

export function turnText(origin: TurnOrigin, color: Colors): string {
  const { number, of, item, prompt, written, learnt, removals, problem, summary, places } = origin;
  const { kind, task, seed, stepIndex, phase, callIndex, speaker, rule, reason, value, split, times } = item;
  const title = (text: string) => ["", color.bold(text)];
  const removed = removals.flatMap(({ rule: by, pieces }) => pieces.map((piece) => `${by}: ${JSON.stringify(piece)}`));
  const shown = places.map((place) => `automem show ${place} --step ${stepIndex}`);
  const lines = [
    `turn ${number} of ${of}, counted from 0: ${kind}, ${task}, seed ${seed}, step ${stepIndex}, ${phase} ${callIndex} (${speaker})`,
    `${rule}: ${reason}`,
    `value ${value.toFixed(2)}, ${split}${times > 1 ? `, ${times} times` : ""}`,
    ...title("See it"),
    ...(shown.length > 0 ? shown : ["No run of this store holds its episode; the episode is there as a record."]),
    ...title("Sent"),
    ...prompt.flatMap(({ role, content }) => [color.dim(`[${role}]`), printable(content)]),
    ...title("Written by the model"),
    written === undefined ? "It cannot be read." : printable(written),
    ...title("Learnt"),
    printable(learnt),
    ...title("Taken away"),
    ...(removed.length > 0 ? removed.map(printable) : ["nothing"]),
    ...title("What came of it"),
    ...(summary === undefined ? ["It cannot be read."] : consequenceLines(summary).map(printable)),
    "",
    problem === undefined ? "It equals the recorded turn word for word." : `PROBLEM: ${printable(problem)}`,
  ];
  return lines.join("\n");
}

function consequenceLines({ operations, action, consequences: told, value }: Summary): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = operations.map(({ name, arguments: given, status, changed }) => {
    const wrote = changed.length === 0 ? "" : `, changed ${changed.join(", ")}`;
    return `${[name, ...given.map((text) => JSON.stringify(text))].join(" ")}: ${status}${wrote}`;
  });
  for (const { file, line, redundant, finds, credit } of told.lines) {
    const found = `found ${finds} times${redundant ? ", stood there already" : ""}`;
    const led = credit && `; ${gainText(credit.gain.afterSteps)} it was found (${placeOf(credit.turn)})`;
    lines.push(`${file}: ${JSON.stringify(line)}: ${found}${led ?? ""}`);
  }
  if (told.lookup !== undefined) {
    const { found, empty, fit, gain } = told.lookup;
    const led = gain === undefined ? "no gain after it" : `${gainText(gain.afterSteps)} it was made`;
    lines.push(`look-up: ${found} found something, ${empty} nothing; ${fit}; ${led}`);
  }
  if (told.neededAt !== undefined) lines.push(`what was seen was needed at step ${told.neededAt}`);
  if (action !== undefined) lines.push(`action of the step: ${action.name}${action.valid ? "" : " (not valid)"}`);
  const { progressBefore, progressAfter, progressAtEnd } = told;
  lines.push(
    `progress ${percent(progressBefore)} before, ${percent(progressAfter)} after, ${percent(progressAtEnd)} at the end`,
    `value computed anew: ${value.toFixed(2)}`,
  );
  return lines;
}

function gainText(afterSteps: number): string {
  if (afterSteps === 0) return "a gain in the step in which";
  return `a gain ${afterSteps} ${afterSteps === 1 ? "step" : "steps"} after`;
}

/** `EPISODE:2:plan:0` as `step 2, plan 0`. */
function placeOf(turn: string): string {
  const [, step, phase, call] = turn.split(":");
  return `step ${step}, ${phase} ${call}`;
}
