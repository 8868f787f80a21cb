/** Values as people are shown them beside a script: on one line, and no longer than they need to be. */
import { TiError } from '../errors.ts';
import { List } from '../values/list.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { floatText, textOf } from './text.ts';

const MAX_TEXT = 120;
const MAX_ITEMS = 8;
const MAX_DEPTH = 2;

const cut = (text: string, most = MAX_TEXT): string => (text.length <= most ? text : `${text.slice(0, most)}...`);

function listed(values: Iterable<Value>, count: number, depth: number): string {
  const items: string[] = [];
  for (const value of values) {
    if (items.length === MAX_ITEMS) {
      items.push(`... ${count - MAX_ITEMS} more`);
      break;
    }
    items.push(shown(value, depth));
  }
  return items.join(', ');
}

function thingText(thing: Thing, depth: number): string {
  const type = thing.shape.type === null ? '' : thing.typeName;
  const id = thing.id === 0 ? '' : `#${thing.id}`;
  if (depth >= MAX_DEPTH) return `${type}{${id}${id === '' ? '' : ', '}...}`;
  const keys = thing.keys();
  const fields = keys.slice(0, MAX_ITEMS).map((key) => `${key}: ${shown(thing.get(key) as Value, depth + 1)}`);
  if (keys.length > MAX_ITEMS) fields.push(`... ${keys.length - MAX_ITEMS} more`);
  return `${type}{${[...(id === '' ? [] : [id]), ...fields].join(', ')}}`;
}

function shown(value: Value, depth: number): string {
  if (typeof value === 'string') return `'${cut(value).replaceAll("'", "''").replaceAll('\n', '\\n')}'`;
  if (value === null || typeof value !== 'object') return textOf(value);
  if (value instanceof Float) return Number.isInteger(value.value) ? value.value.toFixed(1) : floatText(value.value);
  if (value instanceof List) {
    const { items } = value;
    return depth >= MAX_DEPTH && items.length > 0 ? `[... ${items.length}]` : `[${listed(items, items.length, depth + 1)}]`;
  }
  if (value instanceof SetValue) return `set(${listed(value.things, value.things.size, depth + 1)})`;
  if (value instanceof Thing) return thingText(value, depth);
  if (value instanceof TiError) return `err(${value.code}, '${cut(value.message)}')`;
  if (value instanceof Bytes) return `bytes(${value.bytes.length})`;
  try {
    return cut(textOf(value).replace(/\s+/g, ' '));
  } catch (error) {
    if (error instanceof TiError) return `<${typeName(value)}>`;
    throw error;
  }
}

/** A value as a byte string of one line, in the form of the language where that has one. Long texts and lists, and things deep inside, are cut short. */
export const preview = (value: Value): string => shown(value, 0);
