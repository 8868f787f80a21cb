/** What the 2019 dialect's programs call where today's have instructions: results, variables, arrays, things, indexes, `try`. */
import { lookupErr, TiError, typeErr } from '../../errors.ts';
import { checkFree, inUse } from '../../model/property-checks.ts';
import { checkArraySize, checkThingQuota } from '../../model/quotas.ts';
import { isUtf8 } from '../../utf8.ts';
import { typeName2019 } from '../../values/dialect-2019.ts';
import { Attribute, Wrapped } from '../../values/handles.ts';
import { List } from '../../values/list.ts';
import { Regex } from '../../values/regex.ts';
import { Bytes, Float } from '../../values/scalars.ts';
import { Thing } from '../../values/thing.ts';
import type { Value } from '../../values/value.ts';
import { codeOf2019, ERRORS_2019, errorName2019 } from '../../wire/errors-2019.ts';
import type { Context, Param, Row } from '../row.ts';
import { textOf } from '../text.ts';
import { arrayItems, badRequest, checkKept } from './common.ts';
import { fn } from './rows.ts';

const VALUE: Param = { name: 'value', type: 'any' };
const NAMED: Param = { name: 'name', type: 'str' };

/** A list is told as it was when its statement ended; what it holds is not copied. */
function result(cx: Context, value: Value): Value {
  const { session } = cx;
  if (session === null) return null;
  if (value instanceof List && !value.isTuple) {
    cx.spend(value.items.length >> 3);
    const copy = new List(value.items.slice());
    if (session.fetched.has(value)) session.fetched.add(copy);
    session.results.push(copy);
  } else session.results.push(value);
  return null;
}

function temp(cx: Context, name: string): Value {
  const value = cx.session?.temps.get(name);
  if (value === undefined) throw lookupErr(`variable \`$${name}\` is not set`);
  return value;
}

function noProperties(value: Value): TiError {
  checkKept(value);
  return lookupErr(`type \`${typeName2019(value)}\` has no properties`);
}

/** A value as a property or a variable keeps it: a tuple becomes a list again, and a list is copied. */
function own(cx: Context, value: Value): Value {
  checkKept(value);
  if (!(value instanceof List)) return value;
  cx.spend(value.items.length >> 3);
  return new List(value.items.slice());
}

function index(_cx: Context, value: Value, at: number | bigint): Value {
  const items = value instanceof List ? value.items : value instanceof Bytes ? value.bytes : value;
  if (typeof items !== 'string' && !Array.isArray(items)) throw typeErr(`type \`${typeName2019(value)}\` is not indexable`);
  const place = at < 0 ? Number(at) + items.length : Number(at);
  if (place < 0 || place >= items.length) throw lookupErr('index out of range');
  return typeof items === 'string' ? items.charCodeAt(place) : (items[place] as Value);
}

/** The code that an `e` of `try` names. Throws BAD_REQUEST. */
function wantedCode(value: Value): number {
  if (typeof value === 'string') {
    const code = ERRORS_2019.get(value);
    if (code !== undefined) return code;
    throw badRequest(`\`${value}\` is the name of no error`);
  }
  if (typeof value !== 'number') throw badRequest(`an error is told by its name or its code, not by type \`${typeName2019(value)}\``);
  if (errorName2019(value) !== undefined) return value;
  throw badRequest(`${value} is the code of no error`);
}

function tried(error: TiError, alt: Value, wanted: readonly Value[]): Value {
  // What the server itself failed at is not for scripts.
  const code = codeOf2019(error.code);
  if (code === 127) throw error;
  if (wanted.length === 0) return alt;
  for (const each of wanted) if (wantedCode(each) === code) return alt;
  throw error;
}

const ITEMS: Param = { name: 'items', type: 'any', rest: true };
const BOTH = ['collection', 'thingsdb'] as const;

export const languageRows2019: readonly Row[] = [
  fn('.result', [VALUE], 'nil', 'Keeps the value of a statement.', '', result, BOTH),
  fn('.temp', [NAMED], 'any', 'The value of a variable.', '', temp),
  fn('.set_temp', [NAMED, VALUE], 'nil', 'Sets a variable.', '', (cx, name: string, value: Value) => {
    checkFree(cx.session?.temps.get(name));
    cx.session?.temps.set(name, own(cx, value));
    return null;
  }),
  fn('.assign', [VALUE, NAMED, VALUE], 'nil', 'Sets a property.', '', (cx, thing: Value, name: string, value: Value) => {
    if (!(thing instanceof Thing)) throw badRequest(`type \`${typeName2019(thing)}\` has no properties to assign to`);
    if (thing.locks > 0) throw inUse(thing);
    // What a list keeps it copies; what `own` made is nobody else's.
    cx.tx.setProperty(thing, name, own(cx, value), true);
    return null;
  }),
  fn('.owner', [VALUE], 'thing', 'What has properties.', '', (_cx, value: Value) => {
    if (value instanceof Thing || value instanceof Wrapped) return value;
    throw noProperties(value);
  }),
  fn('.own', [VALUE], 'any', 'A value as a property or a variable keeps it.', '', own),
  fn('.array', [ITEMS], 'array', 'An array.', '', (cx, items: readonly Value[]) => {
    checkArraySize(cx.collection, items.length);
    return new List(arrayItems(cx.tx, [], items));
  }),
  fn('.made', [VALUE], 'thing', 'A thing that was made by a text.', '', (cx, thing: Thing) => {
    checkThingQuota(cx.collection, thing);
    return thing;
  }),
  fn('.index', [VALUE, { name: 'index', type: 'int' }], 'any', 'An item, or a byte of a raw as an int.', '', index),
  fn('.refuse_assign', [NAMED], 'nil', 'An assignment that cannot be.', '', (_cx, name: string) => {
    throw badRequest(`\`${name}\` is being gone through, and cannot be assigned to`);
  }),
  fn(
    '.refuse',
    [{ name: 'why', type: 'str' }],
    'nil',
    'What cannot be in the root.',
    '',
    (_cx, why: string) => {
      throw badRequest(why);
    },
    BOTH,
  ),
  fn(
    '.no_function',
    [NAMED],
    'nil',
    'A call that cannot be.',
    '',
    (_cx, name: string) => {
      throw lookupErr(`the root has no function \`${name}\``);
    },
    BOTH,
  ),
  fn(
    'try',
    [VALUE, { name: 'alt', type: 'any', rest: true }],
    'any',
    'Gives a value, or the second argument when making it fails; with more arguments, names or codes of errors, only when it fails with one of those.',
    "try((1 / 0), 'none', 'ZERO_DIV_ERROR');  // => \"none\"",
    (_cx, error: Value, [alt = null, ...wanted]: readonly Value[]) => {
      if (error instanceof TiError) return tried(error, alt, wanted);
      return error;
    },
  ),
  fn(
    'str',
    [{ name: 'value', type: 'any', optional: true }],
    'raw',
    'Gives the text of a value; of what has none, `<object>`.',
    'str(2.5);  // => "2.5"',
    (_cx, value: Value = '') => textOf2019(value),
  ),
];

/** The text of a value. */
function textOf2019(value: Value): string {
  if (typeof value === 'string') return isUtf8(value) ? value : '<blob>';
  if (value instanceof Bytes) return textOf2019(value.bytes);
  if (value instanceof Attribute) return 'nil';
  if (value === null || typeof value !== 'object' || value instanceof Float || value instanceof Regex) return textOf(value);
  return '<object>';
}
