/** Plays a recorded episode again: its actions in the real game, its replies through the agent, and if asked for its calls through the models. */

import { keptScaffold } from "../../campaign/kept-scaffold.ts";
import type { ModelIdentity } from "../../core/chat-model.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { applyEntry, type FilesByName } from "../../core/journal-files.ts";
import type { EpisodeRecord } from "../../core/records.ts";
import { operationTable } from "../../memory/operation-table.ts";
import { operationText } from "../../memory/reply-grammar/json-reply.ts";
import { EpisodeCounter } from "../../metrics/episode-counter.ts";
import { type RecordedEpisode, recordedEpisode } from "../../run/replay/recorded-episode.ts";
import { type AgentReplay, replayAgent } from "../../run/replay/replay-agent.ts";
import { type GameReplay, replayGame } from "../../run/replay/replay-game.ts";
import { episodeKey } from "../../store/run-id.ts";
import { episodeSource } from "../train/episode-source.ts";
import { compared, type FieldCheck, noted, type Reproduction, remark, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

/** Throws the stop's reason, and `StoreError` for a record that cannot be read. */
export async function episodeAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const record = await shop.store.records.get(hash, "automem.episode/1");
  const { task, seed, game } = record;
  const title = `${game.name} ${task}, seed ${seed}`;
  const recorded = await recordedEpisode(shop.store, hash, title);
  const inGame = () => gameChecks(shop, record, recorded);
  const checks = [
    noted("automem", record.automemVersion, shop.app.version),
    ...(await shop.attempt("trace", () => traceChecks(record, recorded))),
    ...(await shop.attempt("game", inGame)),
    ...(await shop.attempt("agent", () => agentChecks(shop, record, recorded))),
    ...(shop.options.modelCalls
      ? await shop.attempt("model calls", () => callChecks(shop, hash, record, recorded))
      : []),
  ];
  return reproduction({ record: hash, kind: "episode", title }, checks);
}

/** What the record says of its trace. */
async function traceChecks(record: EpisodeRecord, recorded: RecordedEpisode): Promise<FieldCheck[]> {
  const counter = new EpisodeCounter();
  const files: FilesByName = new Map();
  let end: EpisodeRecord["end"] | undefined;
  for await (const entry of recorded.entries()) {
    counter.add(entry);
    applyEntry(files, entry);
    if (entry.kind !== "episode-end") continue;
    const { kind, ...rest } = entry;
    end = rest;
  }
  const memory = Object.fromEntries([...files].map(([name, text]) => [name, hashBytes(text)]));
  return [
    compared("end, as the trace has it", record.end, end, endText(record)),
    compared("figures, counted from the trace", record.figures, JSON.parse(JSON.stringify(counter.figures())), "all"),
    compared("memory at the end", record.memory, memory, `${files.size} files`),
  ];
}

async function gameChecks(shop: Workshop, record: EpisodeRecord, recorded: RecordedEpisode): Promise<FieldCheck[]> {
  const { name, ...identity } = record.game;
  const game = await shop.game(name);
  const { name: _, ...found } = game.identity;
  const { maxSteps } = record.settings;
  let replay: GameReplay;
  try {
    const limit = typeof maxSteps === "number" ? maxSteps : undefined;
    replay = await replayGame(game, recorded, { maxSteps: limit, signal: shop.options.signal });
  } catch (fault) {
    await shop.dropGame(name);
    throw fault;
  }
  const { start, observations, equal, first, recordedDigest, digest, end } = replay;
  const shown = `${equal} of ${observations} equal`;
  return [
    noted("game", identity, found, `${name} ${identity.version}, plugin ${identity.pluginHash.slice(0, 12)}`),
    start === undefined
      ? { field: "start", standing: "equal", recorded: "instruction, actions, step limit" }
      : { field: "start", standing: "different", recorded: start.recorded, found: start.found, remark: start.path },
    first === undefined
      ? { field: "observations", standing: "equal", recorded: recordedDigest, remark: shown }
      : {
          field: "observations",
          standing: "different",
          recorded: recordedDigest,
          found: digest,
          remark: `${shown}; first at step ${first.stepIndex}, ${first.difference.path}: recorded ${first.difference.recorded}, found ${first.difference.found}`,
        },
    compared("end", record.end, end.found, endText(record)),
  ];
}

async function agentChecks(shop: Workshop, record: EpisodeRecord, recorded: RecordedEpisode): Promise<FieldCheck[]> {
  const scaffold = await keptScaffold(shop.store, record.scaffold);
  const { signal } = shop.options;
  return [entriesCheck(await replayAgent(scaffold, recorded, { signal }))];
}

function entriesCheck({ entries, equal, first }: AgentReplay): FieldCheck {
  const field = "prompts, operations and actions";
  if (first === undefined) return { field, standing: "equal", remark: `${equal} of ${entries} entries equal` };
  const { stepIndex, kind, difference } = first;
  const where = `${equal} entries equal, then the ${kind} of step ${stepIndex} differs at ${difference.path || "its kind"}`;
  return { field, standing: "different", recorded: difference.recorded, found: difference.found, remark: where };
}

async function callChecks(
  shop: Workshop,
  hash: Hash,
  record: EpisodeRecord,
  recorded: RecordedEpisode,
): Promise<FieldCheck[]> {
  const { model, specialist } = await shop.models(askedModels(record));
  const scaffold = await keptScaffold(shop.store, record.scaffold);
  const start = (await recordedStart(shop, record, recorded))!;
  const table = operationTable(start.operations);
  const replay = await replayAgent(scaffold, recorded, {
    ask: { base: { model }, specialist },
    constrain: record.settings.constrain === true,
    cacheKey: `reproduce-${hash.slice(0, 16)}/${episodeKey(record)}`,
    asText: ({ text, finishReason }) => operationText(text, table, finishReason === "length"),
    signal: shop.options.signal,
    onCall: (calls, equal) => calls % 20 === 0 && shop.tell(`${recorded.name}: ${equal} of ${calls} replies equal`),
  });
  const { asked, equal, first } = replay.calls;
  const shown = `${equal} of ${asked} replies equal`;
  const check: FieldCheck =
    first === undefined
      ? { field: "model calls", standing: "equal", remark: shown }
      : {
          field: "model calls",
          standing: "different",
          recorded: first.difference.recorded,
          found: first.difference.found,
          remark: `${shown}; first other one: step ${first.stepIndex}, ${first.phase}, call ${first.callIndex} of the ${first.speaker}`,
        };
  const identities: [string, ModelIdentity | undefined, ModelIdentity | undefined][] = [
    ["model", record.model, model.identity],
    ["specialist", record.specialist?.model, specialist?.model.identity],
  ];
  return [
    ...identities.flatMap(([field, was, is]) => (was === undefined ? [] : [noted(field, was, plain(is), was.name)])),
    ...(sampledAfresh(record) ? [remark("sampling", "drawn without a seed: other replies are to be expected")] : []),
    ...(replay.first === undefined ? [] : [entriesCheck(replay)]),
    check,
  ];
}

async function recordedStart(shop: Workshop, { scaffold, game }: EpisodeRecord, recorded: RecordedEpisode) {
  for await (const entry of recorded.entries()) {
    if (entry.kind !== "episode-start") return undefined;
    return { operations: await episodeSource(shop.store, game.name).operations(scaffold, entry) };
  }
  return undefined;
}

/** Models by the names they were recorded with. */
function askedModels({ model, specialist, settings }: EpisodeRecord): Parameters<Workshop["models"]>[0] {
  const { contextTokens } = model;
  const own = specialist?.adapter === undefined ? specialist?.model.name : undefined;
  return {
    model: model.name,
    ...(own === undefined ? {} : { specialistModel: own }),
    ...(specialist?.adapter === undefined ? {} : { specialist: specialist.adapter }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    parallel: 1,
    ...(settings.constrain === true ? { constrain: true } : {}),
  };
}

function endText({ end }: EpisodeRecord): string {
  return `${end.reason} after ${end.steps} steps, progress ${(100 * end.progress).toFixed(1)} %`;
}

function sampledAfresh({ settings }: EpisodeRecord): boolean {
  const { temperature, seed } = (settings.sampling ?? {}) as { temperature?: number; seed?: number };
  return temperature !== 0 && seed === undefined;
}

function plain(identity: ModelIdentity | undefined): unknown {
  return identity && JSON.parse(JSON.stringify(identity));
}
