/**
 * Simulates the gate and its rivals; prints the tables of docs/gate.md and draws its figures.
 *
 *   bun tests/bench/gate/simulate.ts [--campaigns 2000] [--figures docs/figures]
 *
 * The same numbers on every machine. About a quarter of an hour on one core with 2,000 campaigns.
 */
import { parseArgs } from "node:util";
import type { CampaignPlan } from "./campaign.ts";
import { drawFigures } from "./figures.ts";
import { chosen, rivals, shipped, shippedLevel } from "./gates.ts";
import { againstFixed, type CampaignFigures, manyCampaigns, manyLooks, type Share, usualCampaign } from "./study.ts";
import { skewedWorlds, worlds } from "./worlds.ts";

const { values } = parseArgs({ options: { campaigns: { type: "string" }, figures: { type: "string" } } });
const campaigns = Number(values.campaigns ?? 2000);
if (!Number.isInteger(campaigns) || campaigns < 10) throw new Error("--campaigns takes a whole number of at least 10");
const began = performance.now();

const nulls = [...worlds, ...skewedWorlds].flatMap((world, place) =>
  [undefined, ...rivals].map((rival, index) => ({
    world: world.name,
    gate: rival?.name ?? "paper",
    figures: manyCampaigns({ ...usualCampaign, world, rival }, campaigns, 1000 * place + index),
  })),
);
const gates = [...new Set(nulls.map(({ gate }) => gate))];
for (const [title, group] of [
  ["No candidate is better: campaigns with any false accept; mean confirm episodes", worlds],
  ["No candidate is better on average, but the arms differ", skewedWorlds],
] as const) {
  heading(title);
  table(
    ["gate", ...group.map(({ name }) => name)],
    gates.map((gate) => [
      gate,
      ...nulls
        .filter((row) => row.gate === gate && group.some(({ name }) => name === row.world))
        .map(({ figures }) => `${percent(figures.falseAccepts)}; ${figures.confirmEpisodes.toFixed(0)}`),
    ]),
  );
}
heading("What such a campaign does");
table(
  [
    "world",
    "gate",
    "confirm tests",
    "select episodes",
    "confirm episodes",
    "mean gain on the select seeds of what was accepted",
  ],
  nulls
    .filter(({ gate }) => gate === "paper" || gate === chosen.name)
    .map(({ world, gate, figures }) => [world, gate, ...costs(figures)]),
);

heading("The same without a screen, so that all 30 tests are begun");
table(
  ["world", "false accept"],
  [...worlds, ...skewedWorlds].map((world, place) => {
    const plan = { ...usualCampaign, world, rival: chosen, selectSeeds: 0 };
    return [world.name, percent(manyCampaigns(plan, campaigns, 5000 + place).falseAccepts)];
  }),
);

const looks = worlds.flatMap((world, place) =>
  rivals.flatMap((rival, index) =>
    [0.02, 0.05, 0.1].map((gain) => ({
      world: world.name,
      gate: rival.name,
      gain,
      ...manyLooks({ world, rival, gain, level: shippedLevel(0) }, campaigns, 100 * place + index),
    })),
  ),
);
for (const gain of [0.02, 0.05, 0.1]) {
  heading(
    `One test, the first of a campaign (level ${shippedLevel(0).toFixed(4)}), a gain of ${100 * gain} points: accepted; mean pairs`,
  );
  table(
    ["gate", ...worlds.map(({ name }) => name)],
    rivals.map(({ name }) => [
      name,
      ...looks
        .filter((row) => row.gate === name && row.gain === gain)
        .map(({ accepted, pairs }) => `${(100 * accepted.share).toFixed(0)} %; ${pairs.toFixed(0)}`),
    ]),
  );
}

const mixes = worlds.flatMap((world, place) =>
  [0.02, 0.05, 0.1].map((gain, index) => ({
    world: world.name,
    gain,
    ...againstFixed({ ...usualCampaign, world, realShare: 0.2, gain }, chosen, campaigns, 7000 + 100 * place + index),
  })),
);
heading("One candidate of five is better: against the fixed t-test that accepts as many true gains");
table(
  [
    "world",
    "gain",
    "true accepts a campaign",
    "confirm episodes",
    "fixed pairs",
    "its true accepts",
    "its confirm episodes",
    "ratio",
  ],
  mixes.map(({ world, gain, gate, fixedPairs, fixed, ratio }) => [
    world,
    `${100 * gain}`,
    `${gate.trueAccepts.toFixed(2)} of ${gate.real.toFixed(1)}`,
    gate.confirmEpisodes.toFixed(0),
    `${fixedPairs}`,
    fixed.trueAccepts.toFixed(2),
    fixed.confirmEpisodes.toFixed(0),
    ratio.toFixed(2),
  ]),
);

const ways: CampaignPlan["incumbent"][] = ["fresh", "reused", "inherited"];
const incumbents = worlds.flatMap((world, place) =>
  [0, 0.05, 0.1].flatMap((gain) =>
    ways.map((incumbent) => ({
      world: world.name,
      gain,
      incumbent,
      figures: manyCampaigns(
        { ...usualCampaign, world, rival: chosen, incumbent, realShare: gain === 0 ? 0 : 0.2, gain },
        campaigns,
        9000 + place,
      ),
    })),
  ),
);
heading("Where the incumbent's scores come from: any false accept; true accepts; confirm episodes");
table(
  ["world", "gain", ...ways],
  incumbents
    .filter(({ incumbent }) => incumbent === ways[0])
    .map(({ world, gain }) => [
      world,
      `${100 * gain}`,
      ...incumbents
        .filter((row) => row.world === world && row.gain === gain)
        .map(({ figures: { falseAccepts, trueAccepts, confirmEpisodes } }) =>
          [`${(100 * falseAccepts.share).toFixed(1)} %`, trueAccepts.toFixed(2), confirmEpisodes.toFixed(0)].join("; "),
        ),
    ]),
);

if (values.figures !== undefined) {
  const drawn = await drawFigures(values.figures, { nulls, looks, mixes, alpha: shipped.alpha });
  console.log(`\nDrawn: ${drawn.join(", ")}`);
}
console.error(`${((performance.now() - began) / 1000).toFixed(0)} s`);

function costs({ looks, selectEpisodes, confirmEpisodes, apparentGain }: CampaignFigures): string[] {
  const gain = apparentGain === undefined ? "" : `+${(100 * apparentGain).toFixed(1)}`;
  return [looks.toFixed(1), selectEpisodes.toFixed(0), confirmEpisodes.toFixed(0), gain];
}

function percent({ share, low, high }: Share): string {
  return `${(100 * share).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

function heading(text: string): void {
  console.log(`\n### ${text}\n`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const row of [head, head.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
}
