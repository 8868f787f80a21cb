/** What packing an answer asks of the model: how types show ids, and what a wrap shows. */
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { WrapFlag } from '../model/rules.ts';
import type { TypeDef } from '../model/types.ts';
import { deepOf, shownFields } from '../model/wraps.ts';
import type { Closure } from '../values/closure.ts';
import { DateTime, isoText } from '../values/datetime.ts';
import type { Task } from '../values/handles.ts';
import type { TypeInfo } from '../values/shape.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { type EncodeHooks, type IdView, NO_IDS, type WrapField, type WrapView } from '../wire/encode.ts';

/** What a computed field gives: a value with levels and flags of its own. */
export interface Computed {
  readonly value: Value;
  readonly deep: number;
  readonly flags: number;
}

/** What the hooks need of the machine: calling the method of a wrap with the thing that it wraps. Errors come as the text to show. */
export type Compute = (method: Closure, thing: Thing) => Computed;

/** `collection` gives the collection whose things are being packed. */
export function encodeHooks(compute: Compute, collection: () => Collection | null, database: Database): EncodeHooks {
  return {
    idView: (type: TypeInfo): IdView => (type as TypeDef).view,
    wrapView: (thing, type, deep, flags) => wrapViewOf(thing, type as TypeDef, deep, flags, compute, collection()?.schema ?? 0),
    taskText: (task: Task) => taskText(task, database),
  };
}

const STATUS = new Map<boolean | null, string>([
  [null, 'nil'],
  [true, 'ok'],
  [false, 'err'],
]);

/** `<task:3 owner:admin run_at:2026-11-23T18:08:04Z status:nil>`, in UTC whatever the time zone of the scope is. */
function taskText(task: Task, database: Database): string {
  if (task.id === 0) return 'task:nil';
  const runAt = task.runAt === 0 ? 'nil' : isoText(new DateTime(task.runAt, 0, 'UTC', false));
  return `<task:${task.id} owner:${database.users.get(task.ownerId)?.name ?? 'nil'} run_at:${runAt} status:${STATUS.get(task.succeeded)}>`;
}

function wrapViewOf(thing: Thing, type: TypeDef, deep: number, flags: number, compute: Compute, schema: number): WrapView | null {
  if (type.gone) return null;
  const fields: WrapField[] = [];
  for (const { name, value, rule } of shownFields(thing, type, schema)) {
    fields.push({
      name,
      value,
      through: rule.through,
      deep: deepOf(rule, deep),
      flags: (rule.flags & WrapFlag.NO_IDS) === 0 ? flags : flags | NO_IDS,
    });
  }
  for (const [name, method] of type.methods) {
    const computed = compute(method, thing);
    fields.push({ name, value: computed.value, through: null, deep: computed.deep, flags: computed.flags | (flags & NO_IDS) });
  }
  return { ...type.view, fields };
}
