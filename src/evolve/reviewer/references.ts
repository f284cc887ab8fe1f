/** Documents that a reviewer has at hand beside the evidence: name (`automem.d.ts`, `scaffolds.md`) to text. */
export type References = ReadonlyMap<string, string>;
