/** Bits of `ClosureCode.effects`: a call needs a change when it runs in a collection, or in the scope of users and collections. */
export const Effect = { COLLECTION: 1, THINGSDB: 2 } as const;

/** What the value layer needs to know of compiled code; the compiler's `FunctionCode` has it. */
export interface ClosureCode {
  readonly params: readonly string[];
  /** Which scopes a call changes; see `Effect`. */
  readonly effects: number;
  /** The source as it was written. */
  readonly text: string;
  /** The source without comments and needless spaces. */
  readonly compactText: string;
  /** The source in the layout in which definitions are told. */
  readonly definition: string;
  readonly doc: string;
}

/** A closure. It captures nothing: free names are looked up in the callers when it runs. */
export class Closure {
  /** Replaced by the compiled form when a closure that was read from the store is first called. */
  code: ClosureCode;
  /** Set once the closure was put into a list, a set or a thing, and from the start for one that was made of a text: it shows its compact text. */
  unbound = false;

  constructor(code: ClosureCode) {
    this.code = code;
  }

  get typeName(): string {
    return 'closure';
  }

  get text(): string {
    return this.unbound ? this.code.compactText : this.code.text;
  }
}
