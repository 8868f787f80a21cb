/** How patterns of definitions are checked and matched. */
import { TiError, valueErr } from '../errors.ts';
import type { Regex } from '../values/regex.ts';

/** Steps that matching one value against one pattern may take: far more than a sensible pattern needs, and soon over for one that is not. */
const MAX_STEPS = 10_000_000;

/** The reason why a pattern is none; null for one that is. */
export function patternFault(regex: Regex): string | null {
  try {
    void regex.matcher;
    return null;
  } catch (error) {
    if (error instanceof TiError) return error.message;
    throw error;
  }
}

/** Whether the pattern matches somewhere in the text. Throws value_err when that takes too long to tell. */
export function matchesPattern(regex: Regex, text: string): boolean {
  let left = MAX_STEPS;
  return regex.matcher.test(text, {
    spend(units) {
      left -= units;
      if (left < 0) throw valueErr(`the pattern \`${regex.text}\` takes too long to match`);
    },
  });
}
