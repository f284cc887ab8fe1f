/**
 * A data file of a static copy. A page opened from a folder may not fetch, but it may load scripts from beside it, so each file is a script that
 * hands over one text: the gzip of JSON, in base64. Whatever the data says, the script has no character in it but those of base64 and a name.
 */
import { gzipSync } from "node:zlib";

/** The function of the page that each file calls. */
export const receiver = "automemCopy";

const safeName = /^[A-Za-z0-9._/-]+$/;

/** Throws if the name holds what a script could take for anything else. */
export function dataScript(name: string, value: unknown): string {
  if (!safeName.test(name)) throw new Error(`"${name}" cannot be the name of a data file.`);
  const packed = Buffer.from(gzipSync(JSON.stringify(value))).toString("base64");
  return `${receiver}("${name}","${packed}");\n`;
}
