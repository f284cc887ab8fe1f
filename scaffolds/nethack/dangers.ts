/** Creatures that hurt whoever hits them by hand or weapon; none of them moves or hunts. Source: NetHack 3.6.6, src/monst.c and src/uhitm.c. */

const dangers: readonly [name: RegExp, why: string][] = [
  [/\bfloating eye$/, "hitting it paralyses you for a long time"],
  [/\bgas spore$/, "it explodes when it dies"],
  [/\bblue jelly$/, "hitting it freezes you"],
  [/\bspotted jelly$/, "hitting it burns you with acid"],
  [/\bbrown mold$/, "hitting it freezes you"],
  [/\byellow mold$/, "hitting it stings you"],
  [/\bgreen mold$/, "hitting it burns you with acid"],
  [/\bred mold$/, "hitting it burns you"],
];

/** Why it should be left alone; `undefined` for other creatures. Corpses and statues are none. */
export function dangerOf(name: string): string | undefined {
  return dangers.find(([pattern]) => pattern.test(name))?.[1];
}
