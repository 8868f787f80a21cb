/** Writes what happened to stored values into a change. */
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { List } from '../values/list.ts';
import type { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { type Change, ChangeOp, type Made, spliceHead } from './change.ts';
import type { Run } from './splice.ts';
import { encodeItems, encodeStored } from './stored.ts';
import { encodeThingBody } from './thing-record.ts';

/** The first byte of an int of 32 bits in MessagePack. */
const UINT32 = 0xce;

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

/** Records that `count` items of a list that is stored were replaced by others; the list has them already. */
export function recordSplice(change: Change, list: List, start: number, count: number, items: readonly Value[]): void {
  change.jobs?.push({ kind: 'splice', thing: list.parent as Thing, key: list.key, start, count, items });
  const only = items.length === 1 && count === 0 && start === list.items.length - 1 ? items[0] : null;
  if (only instanceof Thing && change.push(list, start, only)) return;
  const { ops } = change;
  spliceHead(ops, (list.parent as Thing).id, list.key, start, count);
  encodeItems(ops, items);
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
  if (kept instanceof List) encodeItems(ops, kept.items);
  else encodeStored(ops, kept);
  jobs?.push({ kind: 'assign', thing, key, value: kept });
}

/** Records a stored thing as it is now: a new one, or one of another type than before. */
export function recordWhole(change: Change, thing: Thing): void {
  change.jobs?.push({ kind: 'whole', thing });
  const { shape } = thing;
  const isCommon = thing.dict === null && thing.restriction === null;
  const more = isCommon ? change.opsForMore(shape, thing.id) : null;
  if (more !== null) {
    recordMore(more, change.made as Made, thing);
    return;
  }
  const { ops } = change;
  ops.int(ChangeOp.NEW);
  ops.int(thing.id);
  encodeThingBody(ops, thing);
  change.made = isCommon ? { shape, nextId: thing.id + 1, end: ops.size, countAt: -1, count: 0 } : null;
}

/** Records a thing that is like the one before, of which only the values are told. */
function recordMore(ops: MsgpackWriter, made: Made, thing: Thing): void {
  if (made.countAt < 0) {
    ops.int(ChangeOp.MORE);
    ops.u8(UINT32);
    made.countAt = ops.size;
    ops.u32(0);
  }
  const { slots } = thing;
  for (let i = 0; i < slots.length; i++) encodeStored(ops, slots[i] as Value);
  ops.putU32(made.countAt, ++made.count);
  made.nextId++;
  made.end = ops.size;
}

/** Records that things left that nothing holds any more. */
export function recordGone({ ops, jobs }: Change, things: readonly Thing[]): void {
  const single: Thing[] = [];
  for (let at = 0; at < things.length; ) {
    const first = things[at] as Thing;
    let count = 1;
    while (things[at + count]?.id === first.id + count) count++;
    if (count === 1) single.push(first);
    else {
      ops.int(ChangeOp.REMOVE_RUN);
      ops.int(first.id);
      ops.int(count);
    }
    at += count;
  }
  if (single.length > 0) {
    ops.int(ChangeOp.REMOVE);
    ops.arrayHeader(single.length);
    for (const { id } of single) ops.int(id);
  }
  if (jobs !== null) for (const thing of things) jobs.push({ kind: 'gone', thing });
}
