/** Wraps: things seen through a type. */
import { ErrorCode, TiError, typeErr } from '../errors.ts';
import type { TypeDef } from '../model/types.ts';
import { entriesOf, makeAnoType } from '../model/types-define.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { AnoType, Wrapped } from '../values/handles.ts';
import { List } from '../values/list.ts';
import type { SetValue } from '../values/set.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { decodeAny } from '../wire/decode.ts';
import { encodeValue, NO_IDS } from '../wire/encode.ts';
import { checkDeep } from './lists-common.ts';
import type { Context, MethodRow, Row } from './row.ts';
import { typeNamed } from './schema-common.ts';
import { duplicate } from './things-copy.ts';

type Which = string | AnoType | undefined;

const COLLECTION = { scopes: ['collection'] } as const;
const WHICH = [{ name: 'type', type: 'str|ano', optional: true }] as const;
const DEEP = [{ name: 'deep', type: 'int', optional: true }] as const;

/** The type that things are to be wrapped with; null for their own. */
function wrapType(cx: Context, which: Which): TypeDef | null {
  if (which === undefined) return null;
  return which instanceof AnoType ? (which.type as TypeDef) : typeNamed(cx, which);
}

function wrap(cx: Context, self: Thing, which: Which): Value {
  const type = wrapType(cx, which) ?? (self.shape.type as TypeDef | null);
  if (type === null)
    throw new TiError(ErrorCode.NUM_ARGUMENTS, 'function `wrap` needs the type to wrap with, since the thing is no instance of one');
  return new Wrapped(self, type);
}

function wrapAll(cx: Context, things: Iterable<Value>, which: Which): List {
  const type = wrapType(cx, which);
  const wrapped: Value[] = [];
  for (const thing of things) {
    if (!(thing instanceof Thing)) throw typeErr(`function \`map_wrap\` wraps things only, not type \`${typeName(thing)}\``);
    const own = type ?? (thing.shape.type as TypeDef | null);
    if (own === null) throw typeErr('function `map_wrap` needs the type to wrap with, since a thing is no instance of one');
    wrapped.push(new Wrapped(thing, own));
  }
  cx.spend(wrapped.length);
  return new List(wrapped);
}

/** What the wrap shows, as things of its own: packed as for an answer without ids, and read again. */
function copyOf(cx: Context, self: Wrapped, deep: number | bigint = 1): Value {
  const w = new MsgpackWriter(256);
  encodeValue(w, self, { deep: checkDeep(deep), flags: NO_IDS, hooks: cx.hooks });
  cx.spend(w.size);
  return decodeAny(w.take());
}

function dupOf(cx: Context, self: Wrapped, deep: number | bigint = 1): Value {
  return new Wrapped(duplicate(cx, self.thing, checkDeep(deep)), self.type);
}

function anoOf(_cx: Context, definition: Thing): Value {
  return makeAnoType(entriesOf(definition));
}

const mapWrap = (receiver: 'array' | 'set'): MethodRow => ({
  ...COLLECTION,
  name: 'map_wrap',
  receiver,
  params: WHICH,
  returns: 'list',
  doc: 'Wraps all things, with a type, an anonymous type, or each with its own.',
  example: "set_type('Named', {name: 'str'}); [{name: 'Iris', age: 6}].map_wrap('Named');  // => [{\"name\": \"Iris\"}]",
  page: `data-types/${receiver === 'set' ? 'set' : 'list'}/map_wrap`,
  run: (cx, self: List | SetValue, which: Which) => wrapAll(cx, self instanceof List ? self.items : self.things, which),
});

export const wrapRows: readonly Row[] = [
  {
    ...COLLECTION,
    name: 'wrap',
    receiver: 'thing',
    params: WHICH,
    returns: '<Type>',
    doc: 'The thing seen through a type: only the fields of the type that it has, and what methods of the type compute.',
    example: "set_type('Named', {name: 'str'}); {name: 'Iris', age: 6}.wrap('Named');  // => {\"name\": \"Iris\"}",
    page: 'data-types/thing/wrap',
    run: wrap,
  },
  mapWrap('array'),
  mapWrap('set'),
  {
    name: 'unwrap',
    receiver: 'wrap',
    params: [],
    returns: 'thing',
    doc: 'The thing that is wrapped.',
    example: '{a: 1, b: 2}.wrap(&{a: \'int\'}).unwrap();  // => {"a": 1, "b": 2}',
    page: 'data-types/wtype/unwrap',
    run: (_cx, self: Wrapped) => self.thing,
  },
  {
    name: 'id',
    receiver: 'wrap',
    params: [],
    returns: 'int|nil',
    doc: 'The id of the thing that is wrapped, or nil when it is not stored.',
    example: "{a: 1}.wrap(&{a: 'int'}).id();  // => null",
    page: 'data-types/wtype/id',
    run: (_cx, self: Wrapped) => (self.thing.id === 0 ? null : self.thing.id),
  },
  {
    name: 'copy',
    receiver: 'wrap',
    params: DEEP,
    returns: 'thing',
    doc: 'A new thing with what the wrap shows, `deep` levels down (1 when not said).',
    example: '{a: 1, b: 2}.wrap(&{a: \'int\'}).copy();  // => {"a": 1}',
    page: 'data-types/wtype/copy',
    run: copyOf,
  },
  {
    name: 'dup',
    receiver: 'wrap',
    params: DEEP,
    returns: '<Type>',
    doc: 'A wrap of a duplicate of the thing, `deep` levels down (1 when not said).',
    example: '{a: 1, b: 2}.wrap(&{a: \'int\'}).dup().unwrap();  // => {"a": 1, "b": 2}',
    page: 'data-types/wtype/dup',
    run: dupOf,
  },
  {
    ...COLLECTION,
    name: 'ano',
    params: [{ name: 'definition', type: 'thing' }],
    returns: '<anonymous>',
    doc: 'Makes an anonymous type from a thing with definitions.',
    example: '{a: 1, b: 2}.wrap(ano({a: \'int\'}));  // => {"a": 1}',
    page: 'collection-api/ano',
    run: anoOf,
  },
];
