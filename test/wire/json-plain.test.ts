import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { List } from '../../src/values/list.ts';
import { Float } from '../../src/values/scalars.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';
import { Encoder, NO_IDS, plainHooks } from '../../src/wire/encode.ts';
import { msgpackToJson } from '../../src/wire/json.ts';
import { plainJson } from '../../src/wire/json-plain.ts';

/** The long way. */
function packedJson(value: Value, deep: number, ids: boolean): string {
  const writer = new MsgpackWriter();
  new Encoder(writer, plainHooks).encode(value, deep, ids ? 0 : NO_IDS);
  return msgpackToJson(writer.bytes());
}

const leaf: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value[]>(null, true, false, new Float(1.5), 2n ** 62n),
  fc.maxSafeInteger(),
  fc.string({ maxLength: 80 }).map((text) => Buffer.from(text).toString('latin1')),
);

const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }).map((items) => new List(items)),
    fc
      .tuple(
        fc.uniqueArray(fc.constantFrom('a', 'b', 'name', '_x1'), { maxLength: 4 }),
        fc.array(tie('value'), { minLength: 4, maxLength: 4 }),
        fc.nat(3),
      )
      .map(([keys, slots, id]) => {
        const thing = new Thing(Shape.of(keys), slots.slice(0, keys.length));
        thing.id = id;
        return thing;
      }),
  ),
})).value;

describe('the short cut to JSON', () => {
  it('says what the long way says, or nothing', () => {
    let said = 0;
    fc.assert(
      fc.property(value, fc.nat(4), fc.boolean(), (each, deep, ids) => {
        const text = plainJson(each, deep, ids);
        if (text === null) return;
        said++;
        expect(text).toBe(packedJson(each, deep, ids));
      }),
      { numRuns: 1000 },
    );
    expect(said).toBeGreaterThan(100);
  });

  it('leaves things that lie in themselves to the long way', () => {
    const thing = new Thing(Shape.of(['self']), []);
    thing.id = 7;
    thing.slots.push(thing);
    expect(plainJson(thing, 3, true)).toBeNull();
    expect(packedJson(thing, 3, true)).toBe('{"#":7,"self":{"#":7}}');
  });
});
