/** The agent reviewer over the OpenAI provider, against a scripted tool-calling server on loopback. */
import { afterEach, describe, expect, test } from "bun:test";
import { createAgentReviewer } from "../../../../src/evolve/reviewer/agent/agent.ts";
import { systemClock } from "../../../../src/platform/clock.ts";
import { type ServerReply, startToolServer, type ToolServer } from "../../../e2e/tool-server.ts";
import { open, testDeps } from "../../../inference/support.ts";
import { mapLog, proposalOf, reviewTask, textsOf } from "../support.ts";

let server: ToolServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const finish = {
  name: "finish",
  arguments: { structuralChange: { name: "places", description: "A file." }, analysis: "Used? No.", method: "Places." },
};
const script: ServerReply[] = [
  {
    text: "Let me look.",
    calls: [
      { name: "list", arguments: {} },
      { name: "read", arguments: { path: "index.md" } },
    ],
  },
  { calls: [{ name: "read", arguments: '{"path": "index' }] },
  { text: "I think I know." },
  {
    calls: [
      { name: "write_file", arguments: { path: "places.md", text: "# Places\n" } },
      { name: "check", arguments: {} },
    ],
  },
  { calls: [finish] },
  { calls: [{ name: "write_file", arguments: { path: "places.md", text: "# Better\n" } }, finish] },
];

async function session(log = mapLog(), controller = new AbortController()) {
  const { model } = server as ToolServer;
  const opened = await open(model, testDeps({ clock: systemClock }), { contextTokens: 50_000 });
  const reviewer = createAgentReviewer({ model: opened, references: new Map(), clock: systemClock });
  return { reviewer, session: await reviewer.open(reviewTask({ log, signal: controller.signal })) };
}

describe("a review by a tool-calling server", () => {
  test("goes from evidence to a proposal, and on from one that was sent back", async () => {
    server = startToolServer((_, turn) => script[turn] ?? {});
    const { session: review, reviewer } = await session();
    expect(textsOf(proposalOf(await review.propose()).files)["places.md"]).toBe("# Places\n");
    const mended = proposalOf(await review.mend("places.md: not good enough"));
    expect(textsOf(mended.files)["places.md"]).toBe("# Better\n");
    expect(reviewer.identity.name).toBe(`agent:${server.model}`);
    const heard = server.asked.map(({ last }) => last);
    expect(heard[0]).toStartWith("Improve the scaffold.");
    expect(heard[2]).toContain("not JSON");
    expect(heard[3]).toContain("You called no tool");
    expect(heard[5]).toContain("places.md: not good enough");
    expect(review.spent().calls).toBe(6);
  });

  test("that is stopped at any call and begun again asks each question once", async () => {
    for (let stopAt = 0; stopAt < script.length; stopAt += 1) {
      const controller = new AbortController();
      let stopped = false;
      server = startToolServer((_, turn) => {
        if (turn === stopAt && !stopped) {
          stopped = true;
          controller.abort();
        }
        return script[turn] ?? {};
      });
      const kept = new Map<string, string>();
      const first = (await session(mapLog(kept), controller)).session;
      const work = async (review: typeof first) => {
        await review.propose();
        return proposalOf(await review.mend("again"));
      };
      expect(await work(first).catch((fault: { code: string }) => fault.code)).toBe("cancelled");
      const { files } = await work((await session(mapLog(kept))).session);
      expect(textsOf(files)["places.md"]).toBe("# Better\n");
      // The call that was cut off had no reply; it alone is asked again.
      const turns = server.asked.map(({ turn }) => turn);
      expect(turns.filter((turn) => turn !== stopAt)).toEqual(
        script.map((_, turn) => turn).filter((turn) => turn !== stopAt),
      );
      await server.stop();
    }
  });
});
