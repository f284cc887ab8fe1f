/** What the game showed, what was done, and what came of it. */
import type { ShownStep } from "../steps.ts";

export function Observation({ view }: { view: ShownStep }) {
  const { observation, action, outcome } = view;
  return (
    <section aria-labelledby="seen" class="panel">
      <h2 id="seen">Seen at step {view.stepIndex}</h2>
      {observation && (
        <>
          <pre class="text">{observation.observation.long}</pre>
          {observation.observation.short !== "" && <pre class="text">{observation.observation.short}</pre>}
        </>
      )}
      <h3>Done</h3>
      {action ? (
        <p>
          <strong class="mono">{action.action}</strong>
          {action.fallback && <span class="badge warn">fallback: nothing valid was said</span>}
          {outcome?.transition?.valid === false && <span class="badge bad">invalid</span>}
          {outcome?.transition && outcome.transition.executed !== action.action && (
            <span class="badge">played: {outcome.transition.executed}</span>
          )}
          {outcome?.transition && outcome.transition.reward !== 0 && (
            <span class="badge good">reward {outcome.transition.reward}</span>
          )}
        </p>
      ) : (
        <p class="faint">nothing yet</p>
      )}
      {action?.rejections.map(({ action: rejected, reason }, index) => (
        <p key={index} class="faint">
          <span class="mono">{rejected}</span> was sent back: {reason}
        </p>
      ))}
    </section>
  );
}
