/**
 * Builds the single binary: `bun run build` for this machine (dist/automem), `--all` for every platform, with checksums.
 * The binary carries the Bun runtime, the first-party plugins, scaffolds and seed sets, and the page of `automem ui`.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { archiveName, readCheckout } from "../src/app/first-party.ts";
import { buildCopyPage, buildPage, copyFolder, pageFolder } from "../src/web/page-files.ts";

const root = join(import.meta.dir, "..");
const out = join(root, "dist");
const all = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"] as const;

const asked = process.argv.slice(2);
if (asked.some((argument) => argument !== "--all")) {
  console.error(`build: unknown argument ${asked.join(" ")}; usage: bun run build [--all]`);
  process.exit(2);
}
await mkdir(out, { recursive: true });
const archive = join(out, archiveName);
const files = await readCheckout(root);
for (const [path, content] of await buildPage()) files.set(`${pageFolder}/${path}`, content);
for (const [path, content] of await buildCopyPage()) files.set(`${copyFolder}/${path}`, content);
await Bun.write(archive, await new Bun.Archive(Object.fromEntries(files)).blob());

const own = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
const built = [await compile(own, "automem")];
if (asked.includes("--all")) for (const platform of all) built.push(await compile(platform, `automem-${platform}`));
await rm(archive);

if (asked.includes("--all")) {
  const sums: string[] = [];
  for (const path of built) {
    const hash = new Bun.CryptoHasher("sha256").update(await Bun.file(path).bytes()).digest("hex");
    sums.push(`${hash}  ${path.slice(out.length + 1)}`);
  }
  await Bun.write(join(out, "SHA256SUMS"), `${sums.join("\n")}\n`);
}
for (const path of built) console.log(`${path} (${(Bun.file(path).size / 1e6).toFixed(0)} MB)`);

async function compile(platform: string, name: string): Promise<string> {
  const outfile = join(out, platform.startsWith("windows") ? `${name}.exe` : name);
  const result = await Bun.build({
    entrypoints: [join(root, "src/main.ts"), archive],
    loader: { ".tar": "file" },
    naming: { asset: "[name].[ext]" },
    target: "bun",
    format: "esm",
    minify: { whitespace: true, syntax: true },
    bytecode: true,
    sourcemap: "none",
    compile: { target: `bun-${platform}` as Bun.Build.CompileTarget, outfile },
  });
  if (!result.success) throw new AggregateError(result.logs, `build for ${platform} failed`);
  return outfile;
}
