/** From step to step: by button, key, number, or by itself at a chosen speed. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

const speeds = [1, 2, 5, 10, 30] as const;

export function StepControls({
  step,
  lastStep,
  onStep,
  children,
}: {
  step: number;
  lastStep: number;
  onStep: (step: number) => void;
  /** Further controls of the same bar. */
  children?: ComponentChildren;
}) {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(5);
  const go = (wanted: number) => onStep(Math.min(lastStep, Math.max(0, wanted)));
  useEffect(() => {
    if (!playing) return undefined;
    if (step >= lastStep) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => go(step + 1), 1000 / speed);
    return () => clearTimeout(timer);
  }, [playing, step, lastStep, speed]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
      const far = event.shiftKey ? 10 : 1;
      const keys: Record<string, () => void> = {
        ArrowRight: () => go(step + far),
        ArrowLeft: () => go(step - far),
        Home: () => go(0),
        End: () => go(lastStep),
        p: () => setPlaying((before) => !before),
      };
      const does = keys[event.key];
      if (does === undefined) return;
      event.preventDefault();
      does();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [step, lastStep]);
  return (
    <div class="controls" role="toolbar" aria-label="Steps">
      <button type="button" onClick={() => go(0)} aria-label="First step">
        |◀
      </button>
      <button type="button" onClick={() => go(step - 1)} aria-label="Step before">
        ◀
      </button>
      <label>
        step{" "}
        <input
          type="number"
          min={0}
          max={lastStep}
          value={step}
          onChange={(event) => go(event.currentTarget.valueAsNumber || 0)}
        />
        <span class="faint"> of 0 to {lastStep}</span>
      </label>
      <button type="button" onClick={() => go(step + 1)} aria-label="Next step">
        ▶
      </button>
      <button type="button" onClick={() => go(lastStep)} aria-label="Last step">
        ▶|
      </button>
      <button type="button" aria-pressed={playing} onClick={() => setPlaying(!playing)}>
        {playing ? "Pause" : "Play"}
      </button>
      <label>
        <span class="faint">at </span>
        <select value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
          {speeds.map((one) => (
            <option key={one} value={one}>
              {one} steps a second
            </option>
          ))}
        </select>
      </label>
      {children}
      <span class="faint keys">keys: ← → (with Shift: 10), Home, End, p</span>
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}
