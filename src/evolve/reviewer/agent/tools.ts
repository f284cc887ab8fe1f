/** The tools of the agent reviewer. Each returns a text for the model; what is wrong with a call is such a text too. */
import * as v from "valibot";
import { StructuralChange } from "../../../core/campaign.ts";
import { ConfigError } from "../../../core/errors.ts";
import type { ToolSpec } from "../../../core/tool-calls.ts";
import type { Workbench } from "./workbench.ts";

export const readLimits = { lines: 400, matches: 200, resultCharacters: 24_000 } as const;

interface Tool extends ToolSpec {
  run(input: unknown, bench: Workbench): Promise<string>;
}

const Path = (what: string) => v.pipe(v.string(), v.minLength(1), v.maxLength(300), v.description(what));
const Whole = (least: number, most: number, what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(what));
const Markdown = (what: string) => v.pipe(v.string(), v.minLength(1), v.maxLength(60_000), v.description(what));

/** The end of a review: read by the session, which holds the package against the check first. */
export const Finish = v.strictObject({
  structuralChange: v.pipe(
    StructuralChange,
    v.description("What is new in how memory works: a name of a few words, and a sentence or two."),
  ),
  analysis: Markdown("The five questions answered, with episodes and steps; and why this change. Markdown."),
  method: Markdown("How memory works in this scaffold now, for the next reviewer. Markdown."),
});
export const GiveUp = v.strictObject({ reason: v.pipe(v.string(), v.minLength(1), v.maxLength(2000)) });

const list = tool(
  "list",
  'Lists files and folders of the evidence right below a folder. "" is the top; begin there, and read index.md.',
  v.strictObject({ folder: v.optional(v.pipe(v.string(), v.maxLength(300)), "") }),
  async ({ folder }, { task, references }) => {
    if (isReference(folder)) return [...references.keys()].map((name) => `reference/${name}`).join("\n");
    const entries = await task.evidence.list(folder);
    const lines = entries.map(({ name, sizeBytes, lines: count }) =>
      sizeBytes === undefined ? name : `${name}  ${sizeBytes} bytes${count === undefined ? "" : `, ${count} lines`}`,
    );
    return [...lines, ...(folder === "" && references.size > 0 ? ["reference/"] : [])].join("\n") || "(empty)";
  },
);

const read = tool(
  "read",
  "Reads lines of a file of the evidence (or of reference/). Long files are read page by page.",
  v.strictObject({
    path: Path("as list and search give it"),
    from_line: v.optional(Whole(1, 1_000_000_000, "first line, from 1"), 1),
    lines: v.optional(Whole(1, readLimits.lines, "how many"), 200),
  }),
  async ({ path, from_line, lines }, { task, references }) => {
    const known = path.startsWith("reference/") ? references.get(path.slice("reference/".length)) : undefined;
    const page =
      known === undefined
        ? await task.evidence.read(path, { fromLine: from_line, lines })
        : pageOf(known, from_line, lines);
    const last = Math.min(page.totalLines, page.fromLine + lines - 1);
    return `${path}, lines ${page.fromLine} to ${last} of ${page.totalLines}\n${page.text}`;
  },
);

const search = tool(
  "search",
  "Finds lines of the evidence that contain a text, in any case.",
  v.strictObject({
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
    below: v.optional(v.pipe(Path("only in this folder or file"))),
    limit: v.optional(Whole(1, readLimits.matches, "lines at most"), 40),
  }),
  async (query, { task }) => {
    const { matches, more } = await task.evidence.search(query);
    if (matches.length === 0) return "Nothing found.";
    const lines = matches.map(({ path, line, text }) => `${path}:${line}: ${text}`);
    return [...lines, ...(more ? ["(there are more)"] : [])].join("\n");
  },
);

const listPackage = tool(
  "list_package",
  "Lists the files of the package as it stands.",
  v.strictObject({}),
  async (_, bench) => {
    const files = [...bench.files()].sort(([one], [other]) => (one < other ? -1 : 1));
    return files.map(([path, bytes]) => `${path}  ${bytes.length} bytes`).join("\n") || "(empty)";
  },
);

const readPackage = tool(
  "read_package",
  "Reads lines of a file of the package as it stands.",
  v.strictObject({
    path: Path("as list_package gives it"),
    from_line: v.optional(Whole(1, 1_000_000, "first line, from 1"), 1),
    lines: v.optional(Whole(1, readLimits.lines, "how many"), readLimits.lines),
  }),
  async ({ path, from_line, lines }, bench) => {
    const text = bench.text(path);
    if (text === undefined) return noFile(path);
    const page = pageOf(text, from_line, lines);
    const last = Math.min(page.totalLines, from_line + lines - 1);
    return `${path}, lines ${from_line} to ${last} of ${page.totalLines}\n${page.text}`;
  },
);

const writeFile = tool(
  "write_file",
  "Writes a file of the package, in place of the old one if there is one.",
  v.strictObject({ path: Path("relative, with / between folders"), text: v.string() }),
  async ({ path, text }, bench) => bench.write(path, text) ?? `Written: ${path}, ${text.length} characters.`,
);

const replaceText = tool(
  "replace_text",
  "Replaces a passage of a file of the package. The passage must stand in it exactly once, blanks and line ends included.",
  v.strictObject({ path: Path("of the package"), old_text: v.pipe(v.string(), v.minLength(1)), new_text: v.string() }),
  async ({ path, old_text, new_text }, bench) => {
    const text = bench.text(path);
    if (text === undefined) return noFile(path);
    const parts = text.split(old_text);
    if (parts.length !== 2) return `Not replaced: the passage stands ${parts.length - 1} times in ${path}, not once.`;
    return bench.write(path, parts.join(new_text)) ?? `Replaced in ${path}.`;
  },
);

const deleteFile = tool(
  "delete_file",
  "Removes a file of the package.",
  v.strictObject({ path: Path("of the package") }),
  async ({ path }, bench) => (bench.remove(path) ? `Removed: ${path}.` : noFile(path)),
);

const check = tool(
  "check",
  "Checks the package as it stands: types, manifest, sandbox, base operations, times, determinism. Costs nothing; use it often.",
  v.strictObject({}),
  async (_, bench) => verdict("check", await bench.check()),
);

const replay = tool(
  "replay",
  "Runs the hooks of the package over the recorded episodes and shows what prompts, signals and decisions would differ.",
  v.strictObject({}),
  async (_, bench) => verdict("replay", await bench.replay()),
);

const endTools: ToolSpec[] = [
  {
    name: "finish",
    description:
      "Hands the package in and ends the review, if it passes check and replay. Otherwise says what is wrong.",
    parameters: Finish,
  },
  { name: "give_up", description: "Ends the review without a change, if none is deserved.", parameters: GiveUp },
];

const working: readonly Tool[] = [
  list,
  read,
  search,
  listPackage,
  readPackage,
  writeFile,
  replaceText,
  deleteFile,
  check,
  replay,
];

/** All that the model is told of. */
export const reviewTools: readonly ToolSpec[] = [...working, ...endTools];

/** Runs one of the tools that do not end a review. `input` fits its parameters. A bug of ours, a full disk and the like are thrown. */
export async function runTool(name: string, input: unknown, bench: Workbench): Promise<string> {
  const found = working.find((each) => each.name === name);
  if (found === undefined) return `There is no tool "${name}".`;
  try {
    return cutResult(await found.run(input, bench));
  } catch (fault) {
    if (fault instanceof ConfigError) return fault.message;
    throw fault;
  }
}

/** A text that a result may hold whole, or its beginning with a mark. */
export function cutResult(text: string): string {
  const most = readLimits.resultCharacters;
  if (text.length <= most) return text;
  return `${text.slice(0, most)}\n[${text.length - most} more characters left out: ask for fewer lines]`;
}

function tool<Schema extends v.GenericSchema>(
  name: string,
  description: string,
  parameters: Schema,
  run: (input: v.InferOutput<Schema>, bench: Workbench) => Promise<string>,
): Tool {
  return { name, description, parameters, run: (input, bench) => run(v.parse(parameters, input), bench) };
}

function verdict(what: string, { passed, text }: { passed: boolean; text: string }): string {
  return `The ${what} ${passed ? "passed" : "FAILED"}.\n${text}`;
}

function noFile(path: string): string {
  return `The package has no file ${path}. list_package shows what there is.`;
}

function isReference(folder: string): boolean {
  return folder.replace(/\/+$/, "") === "reference";
}

function pageOf(text: string, fromLine: number, count: number) {
  const lines = text.replace(/\n$/, "").split("\n");
  return { text: lines.slice(fromLine - 1, fromLine - 1 + count).join("\n"), fromLine, totalLines: lines.length };
}
