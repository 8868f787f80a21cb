/** Trees whose text has moved. */
import type { Node, Span } from './nodes.ts';
import { walk } from './visitor.ts';

/** Moves a place by so many bytes: changes it, so nobody may hold it. */
export function move(place: Span, by: number): void {
  const own: { -readonly [K in keyof Span]: Span[K] } = place;
  own.start += by;
  own.end += by;
}

/** As `move`, of a node and all below it. */
export function shift(root: Node, by: number): void {
  walk(root, {
    enter(node) {
      move(node, by);
      return undefined;
    },
  });
}
