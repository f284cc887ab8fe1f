/** What a campaign is doing, folded from its lines as they come; only those that came since are asked for. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Activity, foldActivity, noActivity } from "../../app/activity/activity.ts";
import { answerOf, api } from "./client.ts";
import { useWatch } from "./live.ts";
import { comebacks } from "./server.ts";

const ask = api.campaigns[":campaign"].activity.$get;

interface Folded {
  campaign: string;
  next: number;
  activity: Activity;
}

/** `undefined` until it is known. */
export function useActivity(campaign: string): Activity | undefined {
  const lines = useWatch("campaign", campaign)?.lines;
  const folded = useRef<Folded>({ campaign, next: 0, activity: noActivity });
  const [shown, setShown] = useState<Folded>();
  useEffect(() => {
    let wanted = true;
    const before = folded.current.campaign === campaign ? folded.current : { campaign, next: 0, activity: noActivity };
    answerOf(ask({ param: { campaign }, query: { from: String(before.next) } })).then(
      ({ start, lines: came, next }) => {
        if (!wanted) return;
        // A file that was begun anew starts at its start.
        const from = start === before.next ? before.activity : noActivity;
        folded.current = { campaign, next, activity: foldActivity(from, came) };
        setShown(folded.current);
      },
      // What could not be asked is asked with the next line, or when the server is back.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [campaign, lines, comebacks.value]);
  return shown?.campaign === campaign ? shown.activity : undefined;
}
