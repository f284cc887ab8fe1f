/** Where commands print: results on stdout, progress and errors on stderr; plain text where it is no terminal or NO_COLOR is set. */
import pc from "picocolors";

export interface Terminal {
  /** Result text, with a line end added. */
  print(text: string): void;
  /** A value as one JSON document, indented. */
  printJson(value: unknown): void;
  /** Progress or a remark, on stderr. */
  note(text: string): void;
  /** True if stderr is a terminal that can redraw. */
  live: boolean;
  /** Columns of the terminal; 100 where there is none. */
  columns: number;
  color: ReturnType<typeof pc.createColors>;
}

/** The process's own streams. */
export function processTerminal(environment: Record<string, string | undefined>): Terminal {
  const colored = Boolean(process.stdout.isTTY) && environment.NO_COLOR === undefined && environment.TERM !== "dumb";
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    printJson: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    live: Boolean(process.stderr.isTTY) && environment.TERM !== "dumb" && environment.CI === undefined,
    columns: process.stdout.columns ?? 100,
    color: pc.createColors(colored),
  };
}

/** Control characters made visible, so that text from games and models cannot drive the terminal. Line ends and tabs stay. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be shown
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 32 ? String.fromCodePoint(0x2400 + code) : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
