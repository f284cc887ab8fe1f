/** Where two JSON values part: for messages that say what came out differently. */

export interface Difference {
  /** `observation.long`; empty for the values themselves. */
  path: string;
  recorded: string;
  found: string;
}

/** The first difference in order of keys, or `undefined` if the values are equal as JSON (missing and `undefined` are the same). */
export function firstDifference(recorded: unknown, found: unknown, path = ""): Difference | undefined {
  if (typeof recorded === "string" && typeof found === "string") return textDifference(recorded, found, path);
  if (!isComposite(recorded) || !isComposite(found) || Array.isArray(recorded) !== Array.isArray(found)) {
    const same = JSON.stringify(recorded) === JSON.stringify(found);
    return same ? undefined : { path, recorded: show(recorded), found: show(found) };
  }
  const one = recorded as Record<string, unknown>;
  const other = found as Record<string, unknown>;
  for (const key of [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()) {
    const difference = firstDifference(one[key], other[key], path === "" ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function textDifference(recorded: string, found: string, path: string): Difference | undefined {
  if (recorded === found) return undefined;
  let index = 0;
  while (index < recorded.length && recorded[index] === found[index]) index++;
  const from = Math.max(0, index - 20);
  const around = (text: string) => `${from > 0 ? "..." : ""}${text.slice(from, index + 60)}`;
  return {
    path: `${path} (character ${index})`,
    recorded: show(around(recorded)),
    found: show(around(found)),
  };
}

function isComposite(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
