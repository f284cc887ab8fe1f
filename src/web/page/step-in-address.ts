/** The step that is shown stands in the address, so that a link leads to it; going from step to step adds no history. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";

/** The step, and how another is gone to. What else the address says stays. */
export function useStepInAddress(): [number, (step: number) => void] {
  const { query, path, route } = useLocation();
  const fromAddress = /^\d{1,9}$/.test(query.step ?? "") ? Number(query.step) : 0;
  const [step, setStep] = useState(fromAddress);
  // What was written here comes back as an address; by then one may have gone on.
  const written = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (fromAddress !== written.current) setStep(fromAddress);
    written.current = undefined;
  }, [fromAddress]);
  useEffect(() => {
    if (step === fromAddress) return undefined;
    // While one scrubs, the address waits.
    const timer = setTimeout(() => {
      written.current = step;
      route(`${path}?${addressQuery({ ...query, step: String(step) })}`, true);
    }, 250);
    return () => clearTimeout(timer);
  }, [step]);
  return [step, useCallback((wanted: number) => setStep(Math.max(0, wanted)), [])];
}

/** As people read it: the bars in names of episodes stay bars. */
export function addressQuery(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString().replaceAll("%2F", "/");
}
