/** What packing an answer asks of the model: how types show ids, and what a wrap shows. */
import type { TypeDef } from '../model/types.ts';
import type { Closure } from '../values/closure.ts';
import type { Task } from '../values/handles.ts';
import type { TypeInfo } from '../values/shape.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { EncodeHooks, IdView, WrapField, WrapView } from '../wire/encode.ts';

export function encodeHooks(call: (closure: Closure, thing: Thing) => Value): EncodeHooks {
  return {
    idView: (type: TypeInfo): IdView => idViewOf(type as TypeDef),
    wrapView: (thing, type, deep, flags) => wrapViewOf(thing, type as TypeDef, deep, flags, call),
    taskText: (task: Task) => (task.id === 0 ? 'task:nil' : `task:${task.id}`),
  };
}

const idViewOf = (type: TypeDef): IdView => ({ idName: type.idName ?? '#', hideId: type.hideId });

function wrapViewOf(thing: Thing, type: TypeDef, deep: number, flags: number, call: (closure: Closure, thing: Thing) => Value): WrapView {
  const fields: WrapField[] = [];
  for (const { name, rule } of type.fields) {
    const value = thing.get(name);
    if (value === undefined) continue;
    const { through } = rule;
    if (through === null && !rule.accepts(value)) continue;
    fields.push({ name, value, through, deep, flags });
  }
  for (const [name, method] of type.methods) fields.push({ name, value: call(method, thing), through: null, deep, flags });
  return { ...idViewOf(type), fields };
}
