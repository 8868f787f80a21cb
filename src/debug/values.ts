/** Values as trees: what is in them, a level at a time, and an expression that leads to each part. */
import { TiError } from '../errors.ts';
import { fromBytes } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import { AnoType, Attribute, EnumMember, Future, MpData, Room, Task, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { SetValue } from '../values/set.ts';
import { isName, Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { msgpackToJson } from '../wire/json.ts';

/** A part of a value. */
export interface Part {
  readonly name: string;
  readonly value: Value;
  /** An expression for it (a text for people); empty when there is none. */
  readonly expression: string;
  /** Whether an assignment to the expression sets it. */
  readonly settable: boolean;
}

export interface Counts {
  readonly indexed: number;
  readonly named: number;
}

const NOTHING: Counts = { indexed: 0, named: 0 };

/** How many parts a value has; both 0 when it is to be shown on its line alone. */
export function countsOf(value: Value): Counts {
  if (value === null || typeof value !== 'object') return NOTHING;
  if (value instanceof List) return { indexed: value.items.length, named: 0 };
  if (value instanceof SetValue) return { indexed: value.things.size, named: 0 };
  if (value instanceof Thing) return { indexed: 0, named: value.size };
  return { indexed: 0, named: handleParts(value).length };
}

/** The parts by index, from `start` on. */
export function indexedParts(value: Value, expression: string, start: number, count: number): Part[] {
  if (value instanceof List) {
    const settable = expression !== '' && !value.isTuple;
    return value.items.slice(start, start + count).map((item, i) => ({
      name: `[${start + i}]`,
      value: item,
      expression: expression === '' ? '' : `${expression}[${start + i}]`,
      settable,
    }));
  }
  if (!(value instanceof SetValue)) return [];
  return [...value.things].slice(start, start + count).map((thing, i) => ({ name: `[${start + i}]`, ...plain(thing) }));
}

/** The parts by name, from `start` on. */
export function namedParts(value: Value, expression: string, start: number, count: number): Part[] {
  if (value instanceof Thing) {
    return value
      .keys()
      .slice(start, start + count)
      .map((key) => propertyOf(value, key, expression));
  }
  return handleParts(value).slice(start, start + count);
}

/** The expression of the root is empty, and its properties begin with a dot. */
export const ROOT = '.';

function propertyOf(thing: Thing, key: string, expression: string): Part {
  const value = thing.get(key) as Value;
  const name = fromBytes(key);
  if (expression === '') return { name, value, expression: '', settable: false };
  const owner = expression === ROOT ? '' : expression;
  if (isName(key)) return { name, value, expression: `${owner}.${name}`, settable: true };
  return { name, value, expression: `${owner}.get('${name.replaceAll("'", "''")}')`, settable: false };
}

const plain = (value: Value): Omit<Part, 'name'> => ({ value, expression: '', settable: false });
const part = (name: string, value: Value): Part => ({ name, ...plain(value) });

/** What there is to know of values that are neither plain data nor things. */
function handleParts(value: Value): Part[] {
  if (value instanceof TiError) return [part('code', value.code), part('message', value.message)];
  if (value instanceof EnumMember) return [part('name', value.name), part('value', value.value)];
  if (value instanceof Wrapped) return [part('thing', value.thing)];
  if (value instanceof Attribute) return [part('value', value.value)];
  if (value instanceof Closure) return closureParts(value);
  if (value instanceof Room) return [part('id', value.id === 0 ? null : value.id), part('name', value.name)];
  if (value instanceof Task) return taskParts(value);
  if (value instanceof Future) return [part('value', value.value), part('args', new List([...value.args]))];
  if (value instanceof AnoType) return [...value.fields].map(([name, field]) => part(fromBytes(name), field));
  if (value instanceof MpData) return [part('json', jsonOf(value.data))];
  return [];
}

function closureParts({ code }: Closure): Part[] {
  const doc = code.doc === '' ? [] : [part('doc', code.doc)];
  return [part('text', code.text), ...doc];
}

function taskParts(task: Task): Part[] {
  if (task.id === 0) return [];
  const failed = task.error === null ? [] : [part('error', task.error)];
  return [part('id', task.id), part('at', task.runAt), part('closure', task.closure), part('args', task.args), ...failed];
}

function jsonOf(data: Uint8Array): string {
  return msgpackToJson(data, { unsupported: 'text', indent: 0 });
}
