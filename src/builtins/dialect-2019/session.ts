/** What a query in the 2019 dialect has beside a query of today. */
import type { Value } from '../../values/value.ts';

export class Session2019 {
  /** Sent with the query, as byte strings. */
  readonly blobs: readonly string[];
  /** Variables with a `$`. */
  readonly temps = new Map<string, Value>();
  /** The value of each statement so far. */
  readonly results: Value[] = [];
  /** Arrays of things that are told with their properties. */
  readonly fetched = new WeakSet<object>();

  constructor(blobs: readonly string[]) {
    this.blobs = blobs;
  }
}
