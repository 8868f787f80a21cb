/** Random edits of a text. */
import fc from 'fast-check';

export interface TextEdit {
  readonly apply: (text: string) => string;
  /** Undo it in the next step. */
  readonly undo: boolean;
}

/** An edit that takes something out, and puts one of some texts in, as a byte string. */
export const textEdit = (inserted: readonly string[]): fc.Arbitrary<TextEdit> =>
  fc
    .record({
      // Places are parts of the whole, so that they mean something in a text of any length.
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(12), fc.nat(300)),
      insert: fc.oneof(fc.constant(''), fc.constantFrom(...inserted), fc.constantFrom(...inserted)),
      undo: fc.boolean(),
    })
    .map(({ at, remove, insert, undo }) => ({
      undo,
      apply: (text) => {
        const place = Math.floor(at * text.length);
        return text.slice(0, place) + Buffer.from(insert).latin1Slice() + text.slice(place + remove);
      },
    }));
