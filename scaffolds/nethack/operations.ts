/** UPSERT_MAP, and what is done about writes of what stands already. */
import type { HandlerOutcome, Operation, OperationVerdict, OwnOperation, ReadContext } from "automem";
import { knownLines } from "./nle/duplicates.ts";
import type { Track } from "./nle/track.ts";
import { readMapKey, upsertMap } from "./nle/upsert-map.ts";

export const mapFile = "map.txt";

interface Tracked {
  track: Track;
}

export const upsertMapOperation: OwnOperation<Tracked> = {
  name: "UPSERT_MAP",
  phases: ["log"],
  effect: "write",
  arguments: ["name", "text"],
  help: `notes what is at a place in ${mapFile}, in place of the old note; a level can stand in front, no text removes it. Example: <|UPSERT_MAP|>30,7|door, locked<|END|>`,
  run: (ctx, [place = "", text = ""]) => upsert(ctx, place, text),
};

/** Refuses to append lines that the file has already. */
export function refuseKnownLines(
  ctx: Pick<ReadContext<unknown>, "memory">,
  { name, arguments: given }: Operation,
): OperationVerdict | undefined {
  const [file = "", text = ""] = given;
  if (name !== "APPEND") return undefined;
  const known = knownLines(ctx.memory.read(file) ?? "", text);
  if (known.length === 0) return undefined;
  return { verdict: "refuse", text: `${file} has that already. Write only what is new, or end with <|DONE|>` };
}

function upsert(ctx: ReadContext<Tracked>, place: string, text: string): HandlerOutcome {
  const key = readMapKey(place, ctx.state.track.levelName);
  if (key === undefined) {
    return {
      text: `"${place}" is no place. Write x,y, as in <|UPSERT_MAP|>30,7|stairs down<|END|>`,
      status: "refused",
    };
  }
  const outcome = upsertMap(ctx.memory.read(mapFile) ?? "", key, text);
  const name = `${key.level} (${key.x},${key.y})`;
  if (outcome.change === "missing") return { text: `There is no note on ${name}.`, status: "empty" };
  if (outcome.change === "same") return { text: `The note on ${name} says that already.` };
  const writes = [{ file: mapFile, text: outcome.text }];
  return { text: `Note on ${name} ${outcome.change}.`, writes };
}
