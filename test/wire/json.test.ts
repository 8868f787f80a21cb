import { describe, expect, it } from 'vitest';
import { MpData } from '../../src/values/handles.ts';
import { List } from '../../src/values/list.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';
import { msgpackToJson, valueToJson } from '../../src/wire/json.ts';

const json = (value: Value, deep = 1, flags = 0): string => valueToJson(value, deep, flags);
const thing = (id: number, properties: Record<string, Value>): Thing => {
  const made = new Thing(Shape.empty, []);
  for (const [key, value] of Object.entries(properties)) made.put(key, value);
  made.id = id;
  return made;
};

describe('JSON', () => {
  it.each<[Value, string]>([
    [null, 'null'],
    [true, 'true'],
    [-7, '-7'],
    [9223372036854775807n, '9223372036854775807'],
    ['caf\xc3\xa9 / <&> \x7f', '"caf\xc3\xa9 / <&> \x7f"'],
    ['"\\\n\t\r\b\f\x01\x1f', '"\\"\\\\\\n\\t\\r\\b\\f\\u0001\\u001F"'],
    [new List([1, new List([], true), thing(0, {})]), '[1,[],{}]'],
  ])('tells %o', (value, text) => {
    expect(json(value)).toBe(text);
  });

  it.each([
    [0.1, '0.10000000000000000555'],
    [1, '1.0'],
    [-0, '0.0'],
    [-2.5, '-2.5'],
    [100000, '100000.0'],
    [0.0001, '0.00010000000000000000479'],
    [0.00001, '1.0000000000000000818e-05'],
    [1e19, '10000000000000000000.0'],
    [1e20, '1e+20'],
    [1e21, '1e+21'],
    [1e300, '1.0000000000000000525e+300'],
    [5e-324, '4.9406564584124654418e-324'],
  ])('tells the float %d with twenty digits', (value, text) => {
    expect(json(new Float(value))).toBe(text);
  });

  it('keeps the order of keys, ids first', () => {
    expect(json(thing(4, { b: 1, a: thing(5, { c: 1 }) }))).toBe('{"#":4,"b":1,"a":{"#":5}}');
    expect(json(thing(4, { b: 1 }), 1, 32)).toBe('{"b":1}');
  });

  it.each<[string, Value, number]>([
    ['nan', new Float(Number.NaN), -61],
    ['inf', new Float(Number.POSITIVE_INFINITY), -61],
    ['bytes', new List([new Bytes('a')]), -61],
    ['keys that are no str', new MpData(Buffer.from('810102', 'hex')), -61],
  ])('refuses %s', (_name, value, code) => {
    expect(() => json(value)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses nesting beyond 128', () => {
    const nested = (levels: number): List => {
      let list = new List([]);
      for (let i = 1; i < levels; i++) list = new List([list], true);
      return list;
    };
    expect(json(nested(128))).toBe('['.repeat(128) + ']'.repeat(128));
    expect(() => json(nested(129))).toThrow(expect.objectContaining({ code: -63 }));
  });

  it('prints for people: indented, with a text for what JSON cannot say', () => {
    const packed = Buffer.from('82a16192c40261 62cb7ff8000000000000a16280'.replaceAll(' ', ''), 'hex');
    expect(msgpackToJson(packed, { unsupported: 'text', indent: 2 })).toBe('{\n  "a": [\n    "YWI=",\n    "nan"\n  ],\n  "b": {}\n}');
  });

  it('agrees with JSON.parse', () => {
    const value = thing(1, { a: new List(['x\ny', 1, new Float(0.1)]), b: null });
    expect(JSON.parse(json(value))).toEqual({ '#': 1, a: ['x\ny', 1, 0.1], b: null });
  });
});
