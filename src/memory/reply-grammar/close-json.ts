/** Ends a JSON text that was cut off, so that what is there can be read. Pure, linear. */

export interface ClosedJson {
  text: string;
  /** Brackets and braces that were open where the text was cut. */
  open: number;
}

/** Drops what is half written (an escape, a key, a literal, a comma), then closes strings, arrays and objects. May still be no JSON. */
export function closeJson(text: string): ClosedJson {
  const closers: string[] = [];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (quoted) {
      if (character === "\\") at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") closers.push("}");
    else if (character === "[") closers.push("]");
    else if (character === "}" || character === "]") closers.pop();
  }
  const open = closers.length;
  const whole = quoted ? `${withoutHalfEscape(text)}"` : text;
  const kept = (closers.at(-1) === "}" ? withoutHalfProperty(whole) : whole).replace(/,\s*$/, "");
  return { text: kept + closers.reverse().join(""), open };
}

/** Without an escape that lacks its end: `\` or `\u12`, but not `\\`. */
function withoutHalfEscape(text: string): string {
  const match = /(\\+)(u[0-9A-Fa-f]{0,3})?$/.exec(text);
  if (match === null || match[1]!.length % 2 === 0) return text;
  return text.slice(0, match.index + match[1]!.length - 1);
}

/** Without a property that lacks its value, or of whose value (`tru`) not all is there. */
function withoutHalfProperty(text: string): string {
  return text.replace(/([{,])\s*"(?:[^"\\]|\\.)*"\s*(?::\s*[a-z]*)?$/, (found, before: string) =>
    /:\s*(true|false|null)$/.test(found) ? found : before === "{" ? "{" : "",
  );
}
