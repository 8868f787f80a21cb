/** How patterns of definitions are compiled and matched. */
import { TiError, valueErr } from '../errors.ts';
import type { Regex } from '../values/regex.ts';

/** What matches regular expressions; handed in by those who have one, since the model has none of its own. */
export interface PatternEngine {
  /** Throws TiError for a pattern that is none. */
  check(regex: Regex): void;
  /** Whether the pattern matches somewhere in the text. */
  matches(regex: Regex, text: string): boolean;
}

const compiled = new WeakMap<Regex, RegExp>();

/** JavaScript's own, until a better one is handed in. */
const plain: PatternEngine = {
  check(regex) {
    try {
      compiled.set(regex, new RegExp(regex.pattern, regex.flags));
    } catch {
      throw valueErr(`\`${regex.pattern}\` is no valid pattern`);
    }
  },
  matches(regex, text) {
    if (!compiled.has(regex)) this.check(regex);
    return (compiled.get(regex) as RegExp).test(text);
  },
};

let engine = plain;

export function usePatternEngine(other: PatternEngine): void {
  engine = other;
}

/** The reason why a pattern is none; null for one that is. */
export function patternFault(regex: Regex): string | null {
  try {
    engine.check(regex);
    return null;
  } catch (error) {
    if (error instanceof TiError) return error.message;
    throw error;
  }
}

export const matchesPattern = (regex: Regex, text: string): boolean => engine.matches(regex, text);
