/**
 * What kind of scene an observation of Courier is, and whose.
 *
 * The words of a password are left unread on purpose: nothing in this package knows a password but the memory file that the model writes.
 */

/** `other`: a wording that is not known, in which nothing is taken for granted. */
export type SceneKind = "telling" | "talk" | "road" | "door" | "over" | "other";

export interface Scene {
  kind: SceneKind;
  /** Who speaks, or whose door it is. */
  person?: string;
  /** At a door that asks for one word of several: "first", "second" or "third". */
  place?: string;
  /** What became of the door before, if this scene follows one. */
  news?: { person: string; opened: boolean };
}

/** At the beginning of a text: what became of the door before. */
export const newsForm = /^The ([a-z]+)'s door (opens|stays shut)\. /;
const doorForm =
  /^You are at the ([a-z]+)'s door\. Say the (?:(first|second|third) word of the )?([a-z]+)'s password\.$/;
const tellingForm = /^The ([a-z]+) says: my password is (?:now )?[a-z]+(?: [a-z]+)*\.$/;
const talkForm = /^The ([a-z]+) says: [^\n]+$/;
const roadForm = /^You walk on\. [^\n]+$/;

/** Reads the long text of an observation. Any text gives a scene. */
export function readScene(long: string): Scene {
  const news = newsForm.exec(long);
  const text = news === null ? long : long.slice(news[0].length);
  const scene = sceneOf(text);
  if (news !== null) scene.news = { person: news[1] ?? "", opened: news[2] === "opens" };
  return scene;
}

function sceneOf(text: string): Scene {
  const door = doorForm.exec(text);
  if (door !== null && door[1] === door[3]) {
    const scene: Scene = { kind: "door", person: door[1] ?? "" };
    if (door[2] !== undefined) scene.place = door[2];
    return scene;
  }
  const telling = tellingForm.exec(text);
  if (telling !== null) return { kind: "telling", person: telling[1] ?? "" };
  const talk = talkForm.exec(text);
  if (talk !== null) return { kind: "talk", person: talk[1] ?? "" };
  if (roadForm.test(text)) return { kind: "road" };
  return { kind: text === "The day is over." ? "over" : "other" };
}
