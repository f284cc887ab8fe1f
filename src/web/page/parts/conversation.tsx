/** LOG and PLAN as conversations: who spoke, what was asked of memory, and what it answered. */
import { useId } from "preact/hooks";
import { grouped } from "../../../app/units.ts";
import type { ShownStep } from "../steps.ts";
import { LineText, LongText } from "./long-text.tsx";

type Phase = NonNullable<ShownStep["log"]>;
type Call = Phase["calls"][number];

export function Conversation({ view }: { view: ShownStep }) {
  const title = useId();
  return (
    <section aria-labelledby={title} class="panel">
      <h2 id={title}>Said</h2>
      {view.log === undefined && <p class="faint">Step 0 has no LOG: nothing was done yet.</p>}
      {view.log && <PhaseView title="LOG" phase={view.log} />}
      {view.plan && <PhaseView title="PLAN" phase={view.plan} />}
    </section>
  );
}

function PhaseView({ title, phase }: { title: string; phase: Phase }) {
  return (
    <>
      <h3>
        {title} <span class="faint">{phase.end === undefined ? "under way" : `ended: ${phase.end}`}</span>
      </h3>
      <Operations operations={phase.before} />
      {phase.calls.map((call, index) => (
        <CallView key={index} call={call} before={index === 0 ? 0 : phase.calls[index - 1]!.messages.length + 1} />
      ))}
    </>
  );
}

/** `before`: messages that stand above already. */
function CallView({ call, before }: { call: Call; before: number }) {
  const { speaker, reply, finishReason, usage } = call.call;
  const asked = call.call.fresh ? call.messages : call.messages.slice(before);
  return (
    <>
      {asked.map(({ role, content }, index) => (
        <details key={index} class={`message ${role}`} open={role !== "system" && content.length < 600}>
          <summary>
            {role} <span class="faint">{grouped(content.length)} characters</span>
          </summary>
          <LongText text={content} />
        </details>
      ))}
      <article class={`message reply ${speaker}`}>
        <header>
          <span class={`badge speaker ${speaker}`}>{speaker}</span>
          <span class="faint">
            {usage.generatedTokens !== undefined && `${usage.generatedTokens} tokens`}
            {finishReason === "length" && ", cut at the limit"}
          </span>
        </header>
        <LongText text={reply} />
      </article>
      <Operations operations={call.operations} />
    </>
  );
}

function Operations({ operations }: { operations: Call["operations"] }) {
  return operations.map((operation, index) => (
    <div key={index} class={`operation ${operation.status}`}>
      <span class="mono">
        <strong>{operation.name}</strong> <LineText text={operation.arguments.join(" | ")} />
      </span>
      {operation.status !== "ok" && <span class="badge warn">{operation.status}</span>}
      {operation.actor === "scaffold" && <span class="badge">by the scaffold</span>}
      {operation.result !== "" && <LongText text={operation.result} />}
    </div>
  ));
}
