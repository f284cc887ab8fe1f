/**
 * Following an episode under way: whoever stands at its last step is shown each new one; whoever goes back stays where they are. An address
 * without a step leads to the newest one.
 */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { addressQuery, useStepInAddress } from "./step-in-address.ts";

export interface Following {
  /** The step that is shown. */
  step: number;
  onStep(step: number): void;
  /** `undefined` where there is nothing to follow. */
  following: boolean | undefined;
  onFollow(follow: boolean): void;
}

/**
 * `lastStep`: the newest step, which is followed; `undefined` until it is known. `live`: more may come. `end`: the last step that can be gone to,
 * where something beside the episode goes on for longer.
 */
export function useFollow(lastStep: number | undefined, live: boolean, end = lastStep): Following {
  const { query, path, route } = useLocation();
  const [inAddress, setInAddress] = useStepInAddress();
  // Decided when it is first known how far the episode has come.
  const [following, setFollowing] = useState<boolean>();
  const given = /^\d+$/.test(query.step ?? "") ? Number(query.step) : undefined;
  const last = lastStep ?? 0;
  const isNewest = (step: number) => (end === lastStep ? step >= last : step === last);
  useEffect(() => {
    if (lastStep === undefined || following !== undefined) return;
    setFollowing(live && (given === undefined || isNewest(given)));
  }, [lastStep === undefined, live]);
  useEffect(() => {
    if (following === undefined || lastStep === undefined) return;
    if (following && !live) {
      // It ended: the step that is shown is one to come back to.
      setFollowing(false);
      setInAddress(last);
    } else if (following && given !== undefined) {
      const { step: _, ...others } = query;
      const said = addressQuery(others);
      route(said === "" ? path : `${path}?${said}`, true);
    }
  }, [following, live, lastStep === undefined]);
  const onFollow = (follow: boolean) => {
    setFollowing(follow);
    if (!follow) setInAddress(last);
  };
  return {
    step: following === true ? last : Math.min(inAddress, end ?? 0),
    onStep: (wanted) => {
      const follow = live && isNewest(wanted);
      setFollowing(follow);
      if (!follow) setInAddress(wanted);
    },
    following: live ? following === true : undefined,
    onFollow,
  };
}
