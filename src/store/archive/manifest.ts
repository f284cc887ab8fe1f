/**
 * The archive of a run, a `.tar.gz`:
 *
 *   automem-export.json            this manifest, first: whose it is, and every other file with its size and SHA-256
 *   blobs/, records/               every object the run needs, as in the store; adapters it was played with included
 *   runs/ID/                       the run's folder as in the store, without locks
 */
import * as v from "valibot";
import { Hash } from "../../core/hash.ts";

export const manifestName = "automem-export.json";

export const exportSchema = "automem.export/1";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const ExportManifest = v.strictObject({
  schema: v.literal(exportSchema),
  storeVersion: v.pipe(Count, v.minValue(1)),
  automemVersion: v.string(),
  run: v.string(),
  files: v.pipe(
    v.array(v.strictObject({ path: v.string(), sizeBytes: Count, sha256: Hash })),
    v.check((files) => new Set(files.map(({ path }) => path)).size === files.length, "a file stands twice"),
  ),
});
export type ExportManifest = v.InferOutput<typeof ExportManifest>;

/** What may lie in a run's folder in an archive: its pointer, states, journals and times. */
export function isRunFilePath(path: string, run: string): boolean {
  const rest = path.startsWith(`runs/${run}/`) ? path.slice(`runs/${run}/`.length) : "";
  const key = "[a-z0-9-]{1,100}";
  const journal = "journal-\\d{4,8}\\.(?:jsonl|[0-9a-f]{64}\\.zst)";
  return new RegExp(`^(?:run\\.json|times/${key}\\.jsonl|episodes/${key}\\.json|episodes/${key}/${journal})$`).test(
    rest,
  );
}
