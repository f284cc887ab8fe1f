/** Stopping and going on with what one looks at. */
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { authorization, mayChange } from "../token.ts";

export function WorkButtons({ id, working, owed }: { id: string; working: boolean; owed: boolean }) {
  const [said, setSaid] = useState<string>();
  if (!mayChange() || (!working && !owed)) return null;
  const act = async (ask: () => Promise<string>) => {
    setSaid("asking");
    setSaid(await ask().catch((fault: Error) => fault.message));
  };
  const stop = async () => {
    await answerOf(api.jobs.stop.$post({ json: { id } }, { headers: authorization() }));
    return "It stops after the call under way.";
  };
  const resume = async () => {
    const job = await answerOf(
      api.jobs.$post({ json: { command: "resume", words: [id] } }, { headers: authorization() }),
    );
    return job.exitCode === undefined ? "It goes on." : job.said;
  };
  return (
    <p class="controls">
      {working ? (
        <button type="button" onClick={() => act(stop)}>
          Stop
        </button>
      ) : (
        <button type="button" onClick={() => act(resume)}>
          Go on
        </button>
      )}
      {said && <span aria-live="polite">{said}</span>}
    </p>
  );
}
