/**
 * What is found along the flow of a script, part by part. What was found for a part is taken over as long as all that it rests on is the same: the
 * variables that the part has read, the names and definitions that it has asked for.
 */
import type { Layout, Part } from './parts.ts';

/** What was found for a part. */
export interface PartResult<A> {
  /** Whether it would be found again with this around the part. */
  holds(around: A): boolean;
}

/** `A`: what the parts before, and the script as a whole, say to a part. */
export abstract class PartFlow<A, R extends PartResult<A>> {
  private results = new WeakMap<Part, R>();

  protected abstract infer(part: Part, start: number, around: A): R;

  /** What is around the part behind one. */
  protected abstract behind(result: R, around: A): A;

  /** Nothing that was found before holds any more. */
  protected forget(): void {
    this.results = new WeakMap();
  }

  /** The results of all parts of a script, before whose first part is `around`. */
  protected follow({ parts, starts }: Layout, around: A): R[] {
    let here = around;
    return parts.map((part, i) => {
      let result = this.results.get(part);
      if (result?.holds(here) !== true) {
        result = this.infer(part, starts[i] as number, here);
        this.results.set(part, result);
      }
      here = this.behind(result, here);
      return result;
    });
  }

  /** Infers the types in parts that are no parts of the script, and would follow its first `kept` ones. */
  protected followAside({ parts, starts }: Layout, kept: number, last: number, around: A): void {
    let here = around;
    for (const part of parts.slice(0, kept)) {
      const result = this.results.get(part);
      if (result !== undefined) here = this.behind(result, here);
    }
    for (let i = kept; i <= last; i++) {
      const part = parts[i] as Part;
      here = this.behind(this.infer(part, starts[i] as number, here), here);
    }
  }
}
