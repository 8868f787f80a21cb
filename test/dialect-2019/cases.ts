/** The acceptance cases of the 2019 dialect. */
import { readFileSync } from 'node:fs';

export interface Step2019 {
  readonly code: string;
  readonly target?: string | number;
  readonly blobs?: readonly string[];
  readonly ok?: unknown;
  /** The name of an error. */
  readonly err?: string;
  /** Listed keys and items must be there; others are ignored. */
  readonly like?: unknown;
  readonly any?: unknown;
}

export interface Case2019 {
  readonly name: string;
  readonly target: string | number;
  readonly steps: readonly Step2019[];
}

/** In their answers a number with a point is a float, `{float}`. */
export const cases2019 = JSON.parse(
  readFileSync(new URL('./cases.json', import.meta.url), 'utf8'),
  (_key, value, context?: { source?: string }) =>
    typeof value === 'number' && /[.eE]/.test(context?.source ?? '') ? { float: value } : value,
) as readonly Case2019[];
