/** What the value layer needs to know of compiled code; the compiler's `FunctionCode` has it. */
export interface ClosureCode {
  readonly params: readonly string[];
  /** Whether a call needs a change. */
  readonly effects: boolean;
  /** The source as it was written. */
  readonly text: string;
  /** The source without comments and needless spaces. */
  readonly compactText: string;
  readonly doc: string;
}

/** A closure. It captures nothing: free names are looked up in the callers when it runs. */
export class Closure {
  readonly code: ClosureCode;
  /** Set once the closure was put into a list, a set or a thing: from then on it shows its compact text. */
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
