/** What a relative import means inside a package. */

/** The path of `wanted` as module `from` writes it (`./x.ts`, `../x.ts`); `undefined` if it leaves the package. */
export function resolveModule(from: string, wanted: string): string | undefined {
  const parts = from.split("/").slice(0, -1);
  for (const part of wanted.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
