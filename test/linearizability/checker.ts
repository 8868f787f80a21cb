/**
 * Whether a history of concurrent operations is linearizable: each must seem to happen at one instant between its call and its return. The search of Wing and
 * Gong with the memory of Lowe: operations are taken one after another, of those that no other has ended before, until all are taken; places where the search
 * was before, by what was taken and the state that gave, are not searched again.
 */

export interface Operation<I, O> {
  readonly input: I;
  /** Undefined when no answer came: the operation may have happened at any time behind its call, or never. */
  readonly output: O | undefined;
  /** Instants on a clock that all share; no two are equal. Without an answer: infinite. */
  readonly called: number;
  readonly returned: number;
}

export interface Model<S, I, O> {
  readonly start: S;
  /** The state behind an operation, and what it answers. */
  step(state: S, input: I): readonly [S, O];
  /** Different for different states. */
  key(state: S): string;
}

/** Null when the history is linearizable; else the longest part that is, by the numbers of the operations. */
export function counterexample<S, I, O>(model: Model<S, I, O>, history: readonly Operation<I, O>[]): number[] | null {
  const operations = history.map((operation, number) => ({ ...operation, number })).sort((a, b) => a.called - b.called);
  const seen = new Set<string>();
  const taken = new Array<boolean>(operations.length).fill(false);
  const order: number[] = [];
  let longest: number[] = [];

  const search = (state: S): boolean => {
    if (operations.every(({ output }, i) => taken[i] || output === undefined)) return true;
    const place = `${taken.map(Number).join('')}/${model.key(state)}`;
    if (seen.has(place)) return false;
    seen.add(place);
    let firstReturn = Number.POSITIVE_INFINITY;
    operations.forEach(({ returned }, i) => {
      if (!taken[i]) firstReturn = Math.min(firstReturn, returned);
    });
    for (const [i, { called, input, output, number }] of operations.entries()) {
      if (called > firstReturn) break;
      if (taken[i]) continue;
      const [next, answer] = model.step(state, input);
      if (output !== undefined && JSON.stringify(answer) !== JSON.stringify(output)) continue;
      taken[i] = true;
      order.push(number);
      if (order.length > longest.length) longest = [...order];
      if (search(next)) return true;
      order.pop();
      taken[i] = false;
    }
    return false;
  };
  return search(model.start) ? null : longest;
}
