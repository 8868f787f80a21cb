/** What a tool tells about a source text: an error with its place. */
import type { Span } from './nodes.ts';

/** `start` and `end` are byte offsets into the source. */
export interface Diagnostic extends Span {
  /** An error code of the language, such as -52 for a syntax error. */
  readonly code: number;
  readonly severity: 'error';
  /** One line without the place; a byte string, as it may quote the source. */
  readonly message: string;
  /** What could stand there, for people: `a value`, `` `)` ``. */
  readonly expected?: readonly string[];
}
