/** Stopping and going on with what one looks at. */
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { authorization, mayChange } from "../token.ts";

interface Said {
  text: string;
  /** It is true of what is asked for only until that has come about. */
  while?: "working" | "idle";
}

export function WorkButtons({ id, working, owed }: { id: string; working: boolean; owed: boolean }) {
  const [said, setSaid] = useState<Said>();
  if (!mayChange() || (!working && !owed)) return null;
  const act = async (ask: () => Promise<Said>) => {
    setSaid({ text: "asking" });
    setSaid(await ask().catch((fault: Error) => ({ text: fault.message })));
  };
  const stop = async (): Promise<Said> => {
    await answerOf(api.jobs.stop.$post({ json: { id } }, { headers: authorization() }));
    return { text: "It stops after the call under way.", while: "working" };
  };
  const resume = async (): Promise<Said> => {
    const job = await answerOf(
      api.jobs.$post({ json: { command: "resume", words: [id] } }, { headers: authorization() }),
    );
    return job.exitCode === undefined ? { text: "It goes on.", while: "idle" } : { text: job.said };
  };
  const isTrue = said !== undefined && (said.while === undefined || (said.while === "working") === working);
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
      <span aria-live="polite">{isTrue && said.text}</span>
    </p>
  );
}
