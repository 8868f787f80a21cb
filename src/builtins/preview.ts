/** Values on one line, as exact as a person who looks for a fault needs them. Things that are not in memory stay where they are. */
import { TiError } from '../errors.ts';
import { fromBytes } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import { EnumMember, Future, ModuleRef, MpData, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { textOf } from './text.ts';

/** Chars of a text, items of a list or thing, and levels inside of one another that are shown. */
const MAX_TEXT = 200;
const MAX_ITEMS = 8;
const MAX_DEPTH = 2;

/** A long text up to a whole character. */
function cut(bytes: string): string {
  if (bytes.length <= MAX_TEXT) return fromBytes(bytes);
  let end = MAX_TEXT;
  while ((bytes.charCodeAt(end) & 0xc0) === 0x80) end--;
  return `${fromBytes(bytes.slice(0, end))}…`;
}

/** Control characters are escaped: they could make a terminal do things. */
const quoted = (bytes: string): string => JSON.stringify(cut(bytes));

function listed(values: Iterable<Value>, count: number, depth: number): string {
  const items: string[] = [];
  for (const value of values) {
    if (items.length === MAX_ITEMS) {
      items.push(`… ${count - MAX_ITEMS} more`);
      break;
    }
    items.push(shown(value, depth));
  }
  return items.join(', ');
}

function fieldsText(keys: readonly string[], get: (key: string) => Value, depth: number): string {
  const fields = keys.slice(0, MAX_ITEMS).map((key) => `${fromBytes(key)}: ${shown(get(key), depth)}`);
  if (keys.length > MAX_ITEMS) fields.push(`… ${keys.length - MAX_ITEMS} more`);
  return fields.join(', ');
}

function thingText(thing: Thing, depth: number): string {
  const id = thing.id === 0 ? '' : `#${thing.id}`;
  if (thing.isAbsent && depth > 0) return id;
  const name = thing.shape.type === null ? '' : fromBytes(thing.typeName);
  const head = `${name}${id}`;
  const { size } = thing;
  if (depth >= MAX_DEPTH) return size === 0 ? `${head}{}` : head === '' ? '{…}' : head;
  const fields = fieldsText(thing.keys(), (key) => thing.get(key) as Value, depth + 1);
  return head === '' ? `{${fields}}` : `${head} {${fields}}`;
}

export function floatText(value: number): string {
  if (Number.isFinite(value)) return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function shown(value: Value, depth: number): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return textOf(value);
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Thing) return thingText(value, depth);
  if (value instanceof List) {
    const { items } = value;
    const inner = depth >= MAX_DEPTH && items.length > 0 ? `… ${items.length}` : listed(items, items.length, depth + 1);
    return value.isTuple && depth === 0 ? `(${inner})` : `[${inner}]`;
  }
  if (value instanceof SetValue) return `set(${listed(value.things, value.things.size, depth + 1)})`;
  return handleText(value, depth);
}

/** Of all that is no plain data. */
function handleText(
  value: Exclude<Value, null | string | number | bigint | boolean | Thing | List | SetValue | Float>,
  depth: number,
): string {
  if (value instanceof TiError) return `error ${value.code}: ${cut(value.message)}`;
  if (value instanceof Bytes) return `${value.bytes.length} bytes`;
  if (value instanceof MpData) return `mpdata, ${value.data.length} bytes`;
  if (value instanceof Closure) return cut(value.text.replace(/\s+/g, ' '));
  if (value instanceof EnumMember) return `${fromBytes(value.typeName)}{${fromBytes(value.name)}} ${shown(value.value, depth + 1)}`;
  if (value instanceof Wrapped) return `<${fromBytes(value.type.name)}> ${thingText(value.thing, depth + 1)}`;
  if (value instanceof Future || value instanceof ModuleRef) return typeName(value);
  try {
    return cut(textOf(value));
  } catch (error) {
    if (error instanceof TiError) return typeName(value);
    throw error;
  }
}

/** A value as text, not bytes. */
export const preview = (value: Value): string => shown(value, 0);
