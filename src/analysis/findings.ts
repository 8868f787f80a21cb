/** What the checker tells: the kinds of findings, and the findings themselves. */
import type { Span } from '../ast/nodes.ts';

export type Severity = 'error' | 'warning' | 'info';

/**
 * All findings by code. An error is what fails when the script comes there; a warning is what is probably meant otherwise; an info is a remark.
 * `docs/check.md` has a section for each.
 */
export const FINDINGS = {
  syntax: 'error',
  'unknown-function': 'error',
  'unknown-method': 'error',
  'unknown-variable': 'warning',
  'read-before-set': 'warning',
  'unknown-property': 'error',
  'unknown-type': 'error',
  'used-before-defined': 'warning',
  'unknown-member': 'error',
  'unknown-procedure': 'error',
  'argument-count': 'error',
  'argument-type': 'error',
  'operand-type': 'error',
  'no-property': 'error',
  'no-index': 'error',
  'not-callable': 'error',
  'field-type': 'error',
  'other-scope': 'error',
  'mixed-scopes': 'warning',
  'needs-change': 'warning',
  'change-under-nse': 'error',
  'change-in-read-only': 'error',
  'effect-in-wrap': 'warning',
  'change-in-use': 'warning',
  'unused-variable': 'warning',
  'unreachable-code': 'warning',
  'constant-comparison': 'warning',
  'constant-test': 'warning',
  'invalid-regex': 'error',
  'invalid-definition': 'error',
  'integer-too-large': 'error',
  'zero-division': 'error',
  'duplicate-key': 'warning',
  'earlier-name': 'warning',
  'unused-directive': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

export type Code = keyof typeof FINDINGS;

export const isCode = (text: string): text is Code => Object.hasOwn(FINDINGS, text);

/** Severities in place of the usual ones. */
export type Rules = Readonly<Partial<Record<Code, Severity | 'off'>>>;

/** A change of the text: what stands in the span is replaced. Byte offsets, byte strings. */
export interface Edit extends Span {
  readonly text: string;
}

export interface Fix {
  /** What it does, such as ``replace it by `is_str` ``. */
  readonly title: string;
  readonly edits: readonly Edit[];
  /** Whether it keeps what the script means, or makes it what was surely meant, so that `--fix` may do it unasked. */
  readonly safe: boolean;
}

export interface Finding extends Span {
  readonly code: Code;
  readonly severity: Severity;
  /** One line; a byte string, as it may quote the source. */
  readonly message: string;
  /** Why, or what would be right; one line. */
  readonly reason?: string;
  readonly fix?: Fix;
}
