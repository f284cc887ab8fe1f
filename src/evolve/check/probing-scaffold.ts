/** A scaffold whose session is asked further questions at some steps, with what the engine shows it there. */
import type { EpisodeContext, MemoryReader, Scaffold, ScaffoldSession, StepContext } from "../../core/scaffold.ts";

export type Probe = (
  session: ScaffoldSession,
  episode: EpisodeContext,
  step: StepContext,
  memory: MemoryReader,
) => void;

/** Calls `probe` before the PLAN prompt of each of the steps. The session goes on from where the probe left its state. */
export function probingScaffold(scaffold: Scaffold, steps: ReadonlySet<number>, probe: Probe): Scaffold {
  return {
    manifest: scaffold.manifest,
    hash: scaffold.hash,
    open: async (episode, seed) => {
      const session = await scaffold.open(episode, seed);
      return new Proxy(session, {
        get(target, key) {
          if (key === "planPrompt") {
            return (step: StepContext, memory: MemoryReader) => {
              if (steps.has(step.stepIndex)) probe(target, episode, step, memory);
              return target.planPrompt(step, memory);
            };
          }
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  };
}
