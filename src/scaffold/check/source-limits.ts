/**
 * Refuses sources on which a compiler would run out of stack or time: deep nesting, and expressions without end. Linear in the text, and no
 * limit that code written by people or models comes near. Pure.
 */
import ts from "typescript-classic";
import type { TypeFault } from "./type-check.ts";

export const sourceLimits = {
  /** Brackets open at one time. */
  nesting: 250,
  /** Tokens without a semicolon, a comma or a brace between them. */
  expressionTokens: 2_000,
} as const;

const opening: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.OpenParenToken,
  ts.SyntaxKind.OpenBracketToken,
  ts.SyntaxKind.OpenBraceToken,
];
const closing: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.CloseParenToken,
  ts.SyntaxKind.CloseBracketToken,
  ts.SyntaxKind.CloseBraceToken,
];
const dividing: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.SemicolonToken,
  ts.SyntaxKind.CommaToken,
  ts.SyntaxKind.OpenBraceToken,
  ts.SyntaxKind.CloseBraceToken,
];

/** The first place in each module that passes a limit. */
export function sourceFaults(texts: ReadonlyMap<string, string>): TypeFault[] {
  const faults: TypeFault[] = [];
  for (const [path, text] of texts) {
    if (!path.endsWith(".ts")) continue;
    const found = firstFault(text);
    if (found !== undefined) faults.push({ path, ...found });
  }
  return faults.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function firstFault(text: string): Omit<TypeFault, "path"> | undefined {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2023, true, ts.LanguageVariant.Standard, text);
  let depth = 0;
  let tokens = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    // Texts of templates and regular expressions are read as tokens here, and may hold single brackets.
    if (opening.includes(token)) depth += 1;
    else if (closing.includes(token)) depth = Math.max(0, depth - 1);
    tokens = dividing.includes(token) ? 0 : tokens + 1;
    if (depth <= sourceLimits.nesting && tokens <= sourceLimits.expressionTokens) continue;
    const line = text.slice(0, scanner.getTokenStart()).split("\n").length;
    const message =
      depth > sourceLimits.nesting
        ? `more than ${sourceLimits.nesting} brackets are open at one time. Take it apart.`
        : `an expression of more than ${sourceLimits.expressionTokens} tokens. Take it apart.`;
    return { line, message };
  }
  return undefined;
}
