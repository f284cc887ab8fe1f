/** Which outside program is meant, and how it is started: any command, or the preset for Claude Code. */
import { readFile, realpath } from "node:fs/promises";
import * as v from "valibot";
import type { ReviewSpending } from "../../core/campaign.ts";
import { ConfigError } from "../../core/errors.ts";
import { hashBytes } from "../../core/hash.ts";
import { splitWords } from "./words.ts";

export interface Program {
  /** As named by the user. */
  name: string;
  command: string;
  /** `prompt`: what it is told, where it takes that on its command line; `turns`: the most it may take, where it counts them. */
  args(asked: { prompt: string; turns: number }): string[];
  /** Defaults of the settings. */
  network: "allow" | "deny";
  environment: readonly string[];
  /** Fixed variables. */
  variables: Readonly<Record<string, string>>;
  /** What its output says of tokens, if it does. */
  readUsage(stdout: string): ReviewSpending | undefined;
}

/** `command:PROGRAM ARGS...`, `claude-code` or `claude-code:MODEL`. Throws `ConfigError` `bad-command`. */
export function parseProgram(name: string): Program {
  if (name === "claude-code" || name.startsWith("claude-code:")) return claudeCode(name);
  const line = name.startsWith("command:") ? name.slice("command:".length) : undefined;
  if (line === undefined)
    throw new ConfigError(`"${name}" names no program: command:PROGRAM ARGS, or claude-code.`, { code: "bad-command" });
  const [command, ...args] = splitWords(line) as [string, ...string[]];
  return {
    name,
    command,
    args: () => args,
    network: "deny",
    environment: [],
    variables: {},
    readUsage: () => undefined,
  };
}

/**
 * Claude Code without a person: prints one JSON object in the end, has file tools only (no shell), reads no settings of the user and starts no
 * servers. Flags and variables: code.claude.com/docs, "CLI reference" and "Environment variables". Never tried on the real program.
 */
function claudeCode(name: string): Program {
  const model = name.slice("claude-code:".length);
  const tools = "Read,Glob,Grep,Edit,Write";
  return {
    name,
    command: "claude",
    args: ({ prompt, turns }) => [
      ...["-p", prompt],
      ...["--output-format", "json"],
      ...["--max-turns", String(turns)],
      ...(model === "" ? [] : ["--model", model]),
      ...["--tools", tools, "--allowedTools", tools],
      ...["--permission-mode", "acceptEdits"],
      ...["--setting-sources", "project", "--strict-mcp-config"],
    ],
    network: "allow",
    environment: [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "HTTPS_PROXY",
      "HTTP_PROXY",
      "NO_PROXY",
      "NODE_EXTRA_CA_CERTS",
    ],
    variables: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    readUsage: readClaudeUsage,
  };
}

const Count = v.optional(v.pipe(v.number(), v.minValue(0)), 0);
const ClaudeResult = v.object({
  num_turns: Count,
  usage: v.object({
    input_tokens: Count,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    output_tokens: Count,
  }),
});

function readClaudeUsage(stdout: string): ReviewSpending | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch {
    // It said something else; then its figures are not known.
    return undefined;
  }
  const parsed = v.safeParse(ClaudeResult, value);
  if (!parsed.success) return undefined;
  const { num_turns: calls, usage } = parsed.output;
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usage;
  return {
    calls,
    promptTokens: input_tokens + cache_creation_input_tokens + cache_read_input_tokens,
    cachedTokens: cache_read_input_tokens,
    generatedTokens: output_tokens,
  };
}

export interface FoundProgram {
  /** Absolute path as found on the path, and without links. */
  path: string;
  realPath: string;
  hash: string;
}

/** Throws `ConfigError` `no-program`. */
export async function findProgram({ name, command }: Program, path: string): Promise<FoundProgram> {
  const found = Bun.which(command, { PATH: path });
  if (found === null) {
    throw new ConfigError(
      `${name}: there is no program "${command}" on the path, or it may not be run. Install it, or give its path.`,
      {
        code: "no-program",
      },
    );
  }
  const real = await realpath(found);
  return { path: found, realPath: real, hash: hashBytes(await readFile(real)) };
}
