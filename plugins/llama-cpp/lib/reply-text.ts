/** Tokens to text, piece by piece: characters split over tokens are held back until whole, and so is what may become a stop text. */

const REPLACEMENT = "\ufffd";
/** A character of UTF-8 has at most four bytes, so a fifth pending token means the bytes are no character. */
const MAX_PENDING_TOKENS = 5;
const CONTEXT_TOKENS = 8;

/** `recent` are the tokens before `tokens`; some vocabularies need them to place spaces. */
export type Detokenize = (tokens: readonly number[], recent: readonly number[]) => string;

export interface TokenDecoder {
  /** Text that is whole after this token; often empty in the middle of a character. */
  push(token: number): string;
  /** What is left, with U+FFFD for bytes that are no character. */
  end(): string;
}

/** The concatenation of all pieces is the text of all tokens. */
export function createTokenDecoder(detokenize: Detokenize): TokenDecoder {
  let recent: number[] = [];
  let pending: number[] = [];
  const take = (): string => {
    const text = pending.length === 0 ? "" : detokenize(pending, recent);
    recent = [...recent, ...pending].slice(-CONTEXT_TOKENS);
    pending = [];
    return text;
  };
  return {
    push(token) {
      pending.push(token);
      const incomplete = detokenize(pending, recent).endsWith(REPLACEMENT);
      return incomplete && pending.length < MAX_PENDING_TOKENS ? "" : take();
    },
    end: take,
  };
}

export interface StopFilter {
  /** Text that can be shown now. After a stop text `stopped` is true and nothing more comes. */
  push(text: string): { emit: string; stopped: boolean };
  /** What was held back, when the reply ends without a stop text. */
  end(): string;
}

/** Ends the text before the first of the stop texts; the stop text itself is not part of the reply. */
export function createStopFilter(stopTexts: readonly string[]): StopFilter {
  const stops = stopTexts.filter((stop) => stop !== "");
  let held = "";
  let stopped = false;
  return {
    push(text) {
      if (stopped) return { emit: "", stopped };
      held += text;
      const found = stops.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      if (found.length > 0) {
        const emit = held.slice(0, Math.min(...found));
        held = "";
        stopped = true;
        return { emit, stopped };
      }
      const keep = longestPossibleStart(held, stops);
      const emit = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { emit, stopped };
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Length of the longest end of `text` with which one of `stops` begins. */
function longestPossibleStart(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
