import fc from 'fast-check';
import { unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { List } from '../../src/values/list.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';
import { decodeAny } from '../../src/wire/decode.ts';
import { encodeValue } from '../../src/wire/encode.ts';

const byteString = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).latin1Slice());
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n): Value => (Number.isSafeInteger(Number(n)) ? Number(n) : n));
const key = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((text) => Buffer.from(text).latin1Slice())
  .filter((text) => !/^[ -/]$/.test(text));

const values = fc.letrec<{ value: Value; item: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Value>(null, true, false),
    fc.integer(),
    int64,
    fc.double().map((n) => new Float(Object.is(n, -0) ? 0 : n)),
    byteString,
    byteString.map((text) => new Bytes(text)),
    fc.array(tie('item'), { maxLength: 20 }).map((items) => new List(items)),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 20 }).map((pairs) => {
      const thing = new Thing(Shape.empty, []);
      for (const [name, value] of pairs) thing.put(name, value);
      return thing;
    }),
  ),
  item: tie('value').map((value) => (value instanceof List ? new List(value.items, true) : value)),
})).value;

const pack = (value: Value): Buffer => {
  const writer = new MsgpackWriter(8);
  encodeValue(writer, value, { deep: 127, flags: 0 });
  return writer.bytes();
};

/** A value in a form that compares by content. */
function plain(value: Value): unknown {
  if (value instanceof List) return [value.isTuple ? 'tuple' : 'list', ...value.items.map(plain)];
  if (value instanceof Thing) return ['thing', ...value.keys().map((name) => [name, plain(value.get(name) as Value)])];
  return value;
}

describe('packing', () => {
  it('is undone by reading', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(plain(decodeAny(pack(value)))).toEqual(plain(value));
      }),
      { numRuns: 500 },
    );
  });

  it('is the shortest form: packing what was read gives the same bytes', () => {
    fc.assert(
      fc.property(values, (value) => pack(decodeAny(pack(value))).equals(pack(value))),
      { numRuns: 300 },
    );
  });

  it('is understood by another codec', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.string(), fc.boolean()), (value) => {
        const ours = typeof value === 'string' ? Buffer.from(value).toString('latin1') : value;
        const theirs: unknown = unpack(pack(ours));
        expect(typeof theirs === 'bigint' ? Number(theirs) : theirs).toEqual(value);
      }),
    );
  });
});
