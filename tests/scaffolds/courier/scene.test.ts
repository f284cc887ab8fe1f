/** The scene parser of the courier scaffold on recorded episodes and on generated text. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readScene, type Scene } from "../../../scaffolds/courier/scene.ts";
import { courierEpisodes } from "./episodes.ts";

const episodes = await courierEpisodes();

/** The texts as plugins/courier/automem_courier/story.py and game.py write them. */
function sceneText({ kind, person, place, news }: Scene, words: string): string {
  const before = news === undefined ? "" : `The ${news.person}'s door ${news.opened ? "opens" : "stays shut"}. `;
  const texts: Record<Scene["kind"], string> = {
    telling: `The ${person} says: my password is ${words}.`,
    talk: `The ${person} says: my feet hurt.`,
    road: "You walk on. The sun is low.",
    door: `You are at the ${person}'s door. Say the ${place === undefined ? "" : `${place} word of the `}${person}'s password.`,
    over: "The day is over.",
    other: words,
  };
  return before + texts[kind];
}

describe("recorded episodes", () => {
  test("cover all tasks, over 200 observations", () => {
    expect(new Set(episodes.map(({ task }) => task))).toEqual(new Set(["tiny", "default", "long", "hard"]));
    expect(episodes.flatMap(({ observations }) => observations).length).toBeGreaterThan(200);
  });

  for (const { task, seed, observations, played, defaultAction, progress } of episodes) {
    test(`${task} ${seed}: doors are where a word was said, and each last scene is the end`, () => {
      const kinds = observations.map(({ long }) => readScene(long).kind);
      expect(kinds.map((kind) => kind === "door")).toEqual([
        ...played.map((action) => action !== defaultAction),
        false,
      ]);
      expect(kinds.at(-1)).toBe("over");
      expect(kinds).not.toContain("other");
    });

    test(`${task} ${seed}: each person at a door told a password before, and its news is the rise of progress`, () => {
      const told = new Set<string>();
      for (const [index, { long }] of observations.entries()) {
        const { kind, person, news } = readScene(long);
        if (kind === "telling") told.add(person!);
        if (kind === "door") expect(told).toContain(person!);
        expect(news?.opened ?? false).toBe(index > 0 && progress[index]! > progress[index - 1]!);
      }
    });
  }
});

describe("generated text", () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  const scenes: fc.Arbitrary<Scene> = fc
    .record({
      kind: fc.constantFrom<Scene["kind"]>("telling", "talk", "road", "door", "over"),
      person: name,
      place: fc.option(fc.constantFrom("first", "second", "third"), { nil: undefined }),
      news: fc.option(fc.record({ person: name, opened: fc.boolean() }), { nil: undefined }),
    })
    .map(({ kind, person, place, news }) => ({
      kind,
      ...(kind === "road" || kind === "over" ? {} : { person }),
      ...(kind === "door" && place !== undefined ? { place } : {}),
      ...(news === undefined ? {} : { news }),
    }));

  test("what is written is read back", () => {
    const words = fc.array(name, { minLength: 1, maxLength: 3 }).map((list) => list.join(" "));
    fc.assert(
      fc.property(scenes, words, (scene, password) => expect(readScene(sceneText(scene, password))).toEqual(scene)),
    );
  });

  test("no text makes it throw, and what is not of the game is other", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => expect(readScene(text).kind).toBe("other")));
  });

  test("the parts of a scene hold no word of a password", () => {
    expect(JSON.stringify(readScene("The mason says: my password is now coral swan."))).not.toMatch(/coral|swan/);
  });

  test("a door of two names, a telling with more behind it, and talk about passwords are not mistaken", () => {
    expect(readScene("You are at the mason's door. Say the baker's password.").kind).toBe("other");
    expect(readScene("The mason says: my password is Coral!").kind).toBe("talk");
    expect(readScene("The clerk says: I forgot my password.").kind).toBe("talk");
  });
});
