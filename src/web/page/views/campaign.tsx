/** One campaign: of evolve or of train. */
import { useRoute } from "preact-iso";
import { answerOf, api } from "../client.ts";
import { changes } from "../live.ts";
import { useAnswer } from "../use-answer.ts";
import { EvolveCampaign } from "./evolve-campaign.tsx";
import { TrainCampaign } from "./train-campaign.tsx";

export function Campaign() {
  const { params } = useRoute();
  const campaign = params.campaign ?? "";
  const { answer, fault } = useAnswer(
    campaign,
    () => answerOf(api.campaigns[":campaign"].$get({ param: { campaign } })),
    changes.campaigns.value,
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {campaign}</p>;
  return answer.loop === "evolve" ? <EvolveCampaign answer={answer} /> : <TrainCampaign answer={answer} />;
}
