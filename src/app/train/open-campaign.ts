/** The concrete things that stay open while a campaign of `train` works. What is missing is found out here, before anything is recorded. */
import type { ChatModel } from "../../core/chat-model.ts";
import { ConfigError } from "../../core/errors.ts";
import type { GameIdentity } from "../../core/game.ts";
import { openGame, openTrainer } from "../../plugins/open.ts";
import type { Decider } from "../../train/decider/decider.ts";
import type { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";
import { checkGrammar, openRunModel } from "../models.ts";
import { type BaseWeights, findBaseWeights } from "./base-weights.ts";
import { openDecider } from "./deciders.ts";
import { type OpenSelectors, openSelectors } from "./selectors.ts";
import { TrainerProcess } from "./trainer-process.ts";

export interface OpenedTrain {
  game: { identity: GameIdentity; tasks: readonly string[] };
  /** Takes adapters while it runs. */
  model: ChatModel;
  weights: BaseWeights;
  trainer: TrainerProcess;
  selectors: OpenSelectors;
  decider: Decider;
}

/** LOG and PLAN: of the base alone, or of a specialist. Each adapter has prefix caches of its own, so the base's PLAN beside it needs no third. */
const headsPerEpisode = 2;

/** Opens what a campaign works with for as long as `use` takes. Throws what opening throws, `ConfigError` `no-adapters`, `no-base-weights`. */
export async function withTrainOpened<Result>(
  app: App,
  settings: TrainSettings,
  use: (opened: OpenedTrain) => Promise<Result>,
): Promise<Result> {
  const { play } = settings;
  await app.registry.need(settings.trainer);
  const game = await gameOf(app, settings);
  await using opened = new AsyncDisposableStack();
  const model = opened.adopt(await openRunModel(app, play, headsPerEpisode), (one) => one.close());
  checkGrammar(play, model);
  checkAdapters(model);
  const weights = await findBaseWeights(app, model, settings.base);
  const options = { automemVersion: app.version, environment: app.environment };
  const trainer = opened.adopt(new TrainerProcess(() => openTrainer(app.registry, settings.trainer, options)), (one) =>
    one.close(),
  );
  const selectors = opened.adopt(await openSelectors(app, settings), (one) => one.close());
  const decider = opened.adopt(await openDecider(app, settings), (one) => one.close());
  return await use({ game, model, weights, trainer, selectors, decider });
}

export async function gameOf(app: App, { play }: Pick<TrainSettings, "play">): Promise<OpenedTrain["game"]> {
  const game = await openGame(app.registry, play.game, { automemVersion: app.version, environment: app.environment });
  try {
    return { identity: game.identity, tasks: play.tasks ?? game.tasks.map(({ id }) => id) };
  } finally {
    await game.close();
  }
}

/** Each trial makes an adapter that nobody knew before, so the server must take it while it runs. */
function checkAdapters({ identity, capabilities, adapters }: ChatModel): void {
  if (capabilities.adapters === "runtime" && adapters !== undefined) return;
  const why =
    capabilities.adapters === "load-at-start"
      ? "takes adapters only when it is started, and train makes new ones while it runs"
      : "takes no adapters, and train makes some";
  throw new ConfigError(
    `${identity.name} ${why}. Use llama-cpp:NAME (a GGUF in the model store), ollama:NAME (a model that is one GGUF), or vllm:NAME with VLLM_ALLOW_RUNTIME_LORA_UPDATING=True and --enable-lora.`,
    { code: "no-adapters" },
  );
}
