/** Writes what happened to stored values into a change. */
import type { List } from '../values/list.ts';
import type { SetValue } from '../values/set.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { type Change, ChangeOp } from './change.ts';
import type { Run } from './splice.ts';
import { encodeStored } from './stored.ts';
import { encodeThingBody } from './thing-record.ts';

/** From so many runs on, a removal is recorded as one operation. */
const MANY_RUNS = 16;

/** Records that items left a list, which has them no more. */
export function recordRemoval(change: Change, list: List, runs: readonly Run[]): void {
  if (runs.length <= MANY_RUNS) {
    // From the last run to the first, so that each place still means what it meant.
    for (const run of runs.toReversed()) recordSplice(change, list, run.start, run.count, []);
    return;
  }
  // One operation for all, so that applying it goes over the list once: what stays between the first and the last run is put there again.
  const { start } = runs[0] as Run;
  const last = runs[runs.length - 1] as Run;
  const span = last.start + last.count - start;
  const removed = runs.reduce((sum, run) => sum + run.count, 0);
  recordSplice(change, list, start, span, list.items.slice(start, start + span - removed));
}

/** Records that `count` items of a list that is stored were replaced by others. */
export function recordSplice({ ops, jobs }: Change, list: List, start: number, count: number, items: readonly Value[]): void {
  ops.int(ChangeOp.SPLICE);
  ops.int((list.parent as Thing).id);
  ops.str(list.key);
  ops.int(start);
  ops.int(count);
  ops.arrayHeader(items.length);
  for (const item of items) encodeStored(ops, item);
  jobs?.push({ kind: 'splice', thing: list.parent as Thing, key: list.key, start, count, items });
}

/** Records that things came into a set that is stored, or left it. */
export function recordSet({ ops, jobs }: Change, op: number, set: SetValue, things: readonly Thing[]): void {
  ops.int(op);
  ops.int((set.parent as Thing).id);
  ops.str(set.key);
  ops.arrayHeader(things.length);
  for (const thing of things) ops.int(thing.id);
  jobs?.push({ kind: 'assign', thing: set.parent as Thing, key: set.key, value: set });
}

/** Records that a stored thing has a property with this value now. */
export function recordProperty({ ops, jobs }: Change, thing: Thing, key: string, kept: Value): void {
  ops.int(ChangeOp.SET);
  ops.int(thing.id);
  ops.str(key);
  encodeStored(ops, kept);
  jobs?.push({ kind: 'assign', thing, key, value: kept });
}

/** Records a stored thing as it is now: a new one, or one of another type than before. */
export function recordWhole({ ops, jobs }: Change, thing: Thing): void {
  ops.int(ChangeOp.NEW);
  ops.int(thing.id);
  encodeThingBody(ops, thing);
  jobs?.push({ kind: 'whole', thing });
}
