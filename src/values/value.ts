/**
 * The values of the language and how each is held.
 *
 * | type                | held as                                              |
 * |---------------------|------------------------------------------------------|
 * | nil, bool           | null, boolean                                        |
 * | int                 | number while a safe integer, bigint beyond (64 bit)  |
 * | float               | Float                                                |
 * | str                 | string with one char (0..255) a byte                 |
 * | bytes               | Bytes                                                |
 * | error               | TiError                                              |
 * | list, tuple         | List                                                 |
 * | all others          | the class of that name                               |
 */
import { TiError } from '../errors.ts';
import type { Closure } from './closure.ts';
import { DateTime } from './datetime.ts';
import type { AnoType, Attribute, EnumMember, Future, ModuleRef, MpData, Room, Task, Wrapped } from './handles.ts';
import { List } from './list.ts';
import { Regex } from './regex.ts';
import { Bytes, Float } from './scalars.ts';
import { SetValue } from './set.ts';
import { Thing } from './thing.ts';

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Bytes
  | Regex
  | List
  | SetValue
  | Thing
  | Closure
  | TiError
  | DateTime
  | EnumMember
  | Room
  | Task
  | Wrapped
  | AnoType
  | MpData
  | Future
  | ModuleRef
  | Attribute;

/** Every object that is a value says its type; an instance of a type says the name of that type, a wrap `<Name>`. */
export interface TypedValue {
  readonly typeName: string;
}

/** The name that `type(x)` gives. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'int';
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    default:
      if (value === null) return 'nil';
      return value instanceof TiError ? 'error' : (value as TypedValue).typeName;
  }
}

/** Whether a condition on the value holds: false for nil, zero, and all that is empty. */
export function truthy(value: Value): boolean {
  if (value === true) return true;
  if (value === false || value === null) return false;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return value.length > 0;
  if (value instanceof List) return value.items.length > 0;
  if (value instanceof Thing) return value.size > 0;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof SetValue) return value.things.size > 0;
  if (value instanceof Bytes) return value.bytes.length > 0;
  if (value instanceof TiError) return false;
  return truthyOther(value);
}

function truthyOther(value: Value): boolean {
  if (typeof value === 'bigint') return true;
  if (value instanceof DateTime || value instanceof Regex) return true;
  const inner = (value as { readonly truth?: () => boolean }).truth;
  return inner === undefined ? true : inner.call(value);
}
