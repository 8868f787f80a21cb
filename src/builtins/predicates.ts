/** Functions that ask what a value is. */
import { TiError } from '../errors.ts';
import { isZone } from '../time/zones.ts';
import { isUtf8 } from '../utf8.ts';
import { Closure } from '../values/closure.ts';
import { DateTime } from '../values/datetime.ts';
import { EnumMember, Future, ModuleRef, MpData, Room, Task } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { isEmail, isTel, isUrl } from '../values/patterns.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { FunctionRow, Row, TypeSpec } from './row.ts';

/** The types of which a test is true, where the type alone decides. */
const TESTS: Readonly<Record<string, TypeSpec>> = {
  is_array: 'array',
  is_bool: 'bool',
  is_bytes: 'bytes',
  is_closure: 'closure',
  is_datetime: 'datetime',
  is_enum: 'enum',
  is_err: 'error',
  is_float: 'float',
  is_future: 'future',
  is_int: 'int',
  is_list: 'list',
  is_module: 'module',
  is_mpdata: 'mpdata',
  is_nil: 'nil',
  is_raw: 'str|bytes|mpdata',
  is_regex: 'regex',
  is_room: 'room',
  is_set: 'set',
  is_str: 'str',
  is_task: 'task',
  is_thing: 'thing',
  is_timeval: 'timeval',
  is_tuple: 'tuple',
};

/** Earlier versions wrote these names in one word. */
const ONE_WORD = new Set(['is_array', 'is_inf', 'is_list', 'is_nan']);

function predicate(name: string, doc: string, example: string, test: (value: Value) => boolean, type: TypeSpec = 'any'): FunctionRow {
  const tests = TESTS[name];
  return {
    name,
    ...(tests === undefined ? {} : { tests }),
    ...(ONE_WORD.has(name) ? { formerly: [name.replace('_', '')] } : {}),
    params: [{ name: 'value', type }],
    returns: 'bool',
    doc,
    example,
    page: `collection-api/is/${name}`,
    run: (_cx, value: Value) => test(value),
  };
}

/** A test of the bytes of a str. */
function textPredicate(name: string, doc: string, example: string, test: (text: string) => boolean): FunctionRow {
  const row = predicate(name, doc, example, () => false);
  return {
    ...row,
    run: (cx, value: Value) => {
      if (typeof value !== 'string') return false;
      cx.spend(value.length >> 4);
      return test(value);
    },
  };
}

const isAscii = (text: string): boolean => !/[\x80-\xff]/.test(text);
const isInt = (v: Value): boolean => typeof v === 'number' || typeof v === 'bigint';

/** Numbers and bools are no nan; everything else is. */
function isNan(value: Value): boolean {
  if (value instanceof Float) return Number.isNaN(value.value);
  return !isInt(value) && typeof value !== 'boolean';
}

const isInf = (value: Value): boolean => value instanceof Float && Math.abs(value.value) === Number.POSITIVE_INFINITY;

export const predicateRows: readonly Row[] = [
  predicate(
    'is_array',
    'Whether a value is a list or a tuple.',
    '[is_array([]), is_array(set())];  // => [true,false]',
    (v) => v instanceof List,
  ),
  textPredicate(
    'is_ascii',
    'Whether a value is a str of ASCII characters only.',
    "[is_ascii('pi'), is_ascii('π')];  // => [true,false]",
    isAscii,
  ),
  predicate('is_bool', 'Whether a value is a bool.', '[is_bool(true), is_bool(1)];  // => [true,false]', (v) => typeof v === 'boolean'),
  predicate(
    'is_bytes',
    'Whether a value is of type bytes.',
    "[is_bytes(bytes('a')), is_bytes('a')];  // => [true,false]",
    (v) => v instanceof Bytes,
  ),
  predicate(
    'is_closure',
    'Whether a value is a closure.',
    '[is_closure(|x| x), is_closure(nil)];  // => [true,false]',
    (v) => v instanceof Closure,
  ),
  predicate(
    'is_datetime',
    'Whether a value is a datetime; a timeval is none.',
    '[is_datetime(datetime()), is_datetime(timeval())];  // => [true,false]',
    (v) => v instanceof DateTime && !v.isTimeval,
  ),
  textPredicate(
    'is_email',
    'Whether a value is a str with an email address.',
    "[is_email('info@example.com'), is_email('test')];  // => [true,false]",
    isEmail,
  ),
  predicate('is_enum', 'Whether a value is a member of an enumerator.', 'is_enum(0);  // => false', (v) => v instanceof EnumMember),
  predicate(
    'is_err',
    'Whether a value is an error.',
    '[is_err(err()), is_err(try(1 / 0)), is_err(0)];  // => [true,true,false]',
    (v) => v instanceof TiError,
  ),
  predicate('is_float', 'Whether a value is a float.', '[is_float(1.0), is_float(1)];  // => [true,false]', (v) => v instanceof Float),
  predicate('is_future', 'Whether a value is a future.', 'is_future(nil);  // => false', (v) => v instanceof Future),
  predicate('is_inf', 'Whether a number is infinite.', '[is_inf(-inf), is_inf(1.0)];  // => [true,false]', isInf, 'float|int|bool'),
  predicate('is_int', 'Whether a value is an int.', '[is_int(1), is_int(1.0)];  // => [true,false]', isInt),
  predicate(
    'is_list',
    'Whether a value is a list; a tuple is none.',
    '[is_list([]), is_list([[]][0])];  // => [true,false]',
    (v) => v instanceof List && !v.isTuple,
  ),
  predicate('is_module', 'Whether a value is a module.', 'is_module(nil);  // => false', (v) => v instanceof ModuleRef),
  predicate('is_mpdata', 'Whether a value is of type mpdata.', 'is_mpdata(time_zones_info());  // => true', (v) => v instanceof MpData),
  predicate('is_nan', 'Whether a value is not a number.', "[is_nan(nan), is_nan('1'), is_nan(1)];  // => [true,true,false]", isNan),
  predicate('is_nil', 'Whether a value is nil.', '[is_nil(nil), is_nil(0)];  // => [true,false]', (v) => v === null),
  predicate(
    'is_raw',
    'Whether a value is of type str, bytes or mpdata.',
    "[is_raw('a'), is_raw(bytes('a')), is_raw(1)];  // => [true,true,false]",
    (v) => typeof v === 'string' || v instanceof Bytes || v instanceof MpData,
  ),
  predicate(
    'is_regex',
    'Whether a value is a regular expression.',
    "[is_regex(/a/), is_regex('a')];  // => [true,false]",
    (v) => v instanceof Regex,
  ),
  predicate('is_room', 'Whether a value is a room.', 'is_room(nil);  // => false', (v) => v instanceof Room),
  predicate('is_set', 'Whether a value is a set.', '[is_set(set()), is_set([])];  // => [true,false]', (v) => v instanceof SetValue),
  predicate('is_str', 'Whether a value is a str.', "[is_str('a'), is_str(bytes('a'))];  // => [true,false]", (v) => typeof v === 'string'),
  predicate('is_task', 'Whether a value is a task.', 'is_task(nil);  // => false', (v) => v instanceof Task),
  textPredicate(
    'is_tel',
    'Whether a value is a str with a telephone number.',
    "[is_tel('(011) 380 44 123'), is_tel('12')];  // => [true,false]",
    isTel,
  ),
  predicate(
    'is_thing',
    'Whether a value is a thing; an instance of a type is one too.',
    '[is_thing({}), is_thing(nil)];  // => [true,false]',
    (v) => v instanceof Thing,
  ),
  textPredicate(
    'is_time_zone',
    'Whether a value is a str with the name of a time zone.',
    "[is_time_zone('Europe/Amsterdam'), is_time_zone('Mars')];  // => [true,false]",
    isZone,
  ),
  predicate(
    'is_timeval',
    'Whether a value is a timeval; a datetime is none.',
    '[is_timeval(timeval()), is_timeval(datetime())];  // => [true,false]',
    (v) => v instanceof DateTime && v.isTimeval,
  ),
  predicate(
    'is_tuple',
    'Whether a value is a tuple: what a list becomes inside another list.',
    '[is_tuple([[]][0]), is_tuple([])];  // => [true,false]',
    (v) => v instanceof List && v.isTuple,
  ),
  textPredicate(
    'is_url',
    'Whether a value is a str with a URL that starts with `http://`, `https://` or `ftp://`.',
    "[is_url('https://example.com'), is_url('example.com')];  // => [true,false]",
    isUrl,
  ),
  textPredicate(
    'is_utf8',
    'Whether a value is a str of well-formed UTF-8.',
    "[is_utf8('π'), is_utf8('π'[0])];  // => [true,false]",
    isUtf8,
  ),
];
