/** Scaffolds and revisions: the package is hashed and loaded again; a review is not asked again. */
import { keptPackage, keptScaffold } from "../../campaign/kept-scaffold.ts";
import type { Hash } from "../../core/hash.ts";
import { checkPackage } from "../../scaffold/package-files.ts";
import { packageDifference } from "../scaffold-diff.ts";
import { compared, type FieldCheck, type Reproduction, remark, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

export async function scaffoldAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const record = await shop.store.records.get(hash, "automem.scaffold-record/1");
  const { name, version } = record.manifest;
  const about = { record: hash, kind: "scaffold", title: `${name} ${version}` };
  return reproduction(about, await shop.attempt("package", () => packageChecks(shop, hash)));
}

export async function revisionAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const { key, structuralChange, parent, scaffold, analysis, method, transcript } = await shop.store.records.get(
    hash,
    "automem.revision/1",
  );
  const texts = { analysis, method, transcript };
  const checks = [
    remark("review", "it is not asked again"),
    ...(await shop.attempt("package", () => packageChecks(shop, scaffold))),
    ...(await shop.attempt("difference", () => differenceChecks(shop, parent, scaffold))),
  ];
  for (const [field, blob] of Object.entries(texts)) {
    const read = async () => {
      await shop.store.blobs.get(blob);
      return [compared(field, blob, blob)];
    };
    checks.push(...(await shop.attempt(field, read)));
  }
  return reproduction({ record: hash, kind: "revision", title: `${key}: ${structuralChange.name}` }, checks);
}

async function packageChecks({ store }: Workshop, hash: Hash): Promise<FieldCheck[]> {
  const files = await keptPackage(store, hash);
  const loaded = await keptScaffold(store, hash);
  return [
    compared("hash of the package", hash, checkPackage(files).hash),
    { field: "loads in the sandbox", standing: "equal", recorded: `${loaded.manifest.name}, ${files.size} files` },
  ];
}

/** What the revision changed; one that changed nothing is none. */
async function differenceChecks({ store }: Workshop, parent: Hash, scaffold: Hash): Promise<FieldCheck[]> {
  const { files, hooks } = await packageDifference(
    await keptPackage(store, parent),
    await keptPackage(store, scaffold),
  );
  const field = "difference from its parent";
  if (files.length === 0) return [{ field, standing: "different", found: "none: both packages are equal" }];
  const said = files.map(({ path, change }) => `${path} ${change}`).join(", ");
  const added = hooks.added.length === 0 ? "" : `; hooks added: ${hooks.added.join(", ")}`;
  return [{ field, standing: "equal", recorded: `${said}${added}` }];
}
