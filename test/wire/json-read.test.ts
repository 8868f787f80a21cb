import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { JsonError, jsonToMsgpack } from '../../src/wire/json-read.ts';

const unpackr = new Unpackr({ mapsAsObjects: false });
const read = (text: string): unknown => asObjects(unpackr.unpack(jsonToMsgpack(Buffer.from(text))));
const hex = (text: string): string => jsonToMsgpack(Buffer.from(text)).toString('hex');

/** JavaScript writes floats up to 1e21 as ints, of which some have more than 64 bits. */
const texts = fc.json({ stringUnit: 'grapheme' }).filter((text) => !/\d{19}/.test(text));
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** Maps as the objects that JSON.parse makes of them, with a property even for the name `__proto__`. */
function asObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asObjects);
  if (value instanceof Map) return Object.fromEntries(Array.from(value as Map<string, unknown>, ([name, item]) => [name, asObjects(item)]));
  return value;
}

function fault(text: string | Buffer): string {
  try {
    jsonToMsgpack(Buffer.from(text as string));
  } catch (error) {
    if (error instanceof JsonError) return error.reason;
    throw error;
  }
  return 'fine';
}

describe('JSON as MessagePack', () => {
  it('has the values that JSON.parse has', () => {
    fc.assert(
      fc.property(texts, (text) => {
        // A number of JSON is an int or a float here by how it is written, which JavaScript does not tell apart.
        expect(JSON.stringify(read(text), plain)).toBe(JSON.stringify(JSON.parse(text), plain));
      }),
    );
  });

  it('has members of every name', () => {
    expect(JSON.stringify(read('{"__proto__":null,"constructor":1,"":2}'))).toBe('{"__proto__":null,"constructor":1,"":2}');
  });

  it('keeps ints and floats apart', () => {
    expect(hex('1')).toBe('01');
    expect(hex('1.0')).toBe('cb3ff0000000000000');
    expect(hex('1e2')).toBe('cb4059000000000000');
    expect(hex('-0')).toBe('00');
    expect(hex('9223372036854775807')).toBe('cf7fffffffffffffff');
    expect(hex('-9223372036854775808')).toBe('d38000000000000000');
  });

  it('reads escapes as UTF-8, half a pair of surrogates as a question mark', () => {
    expect(read(String.raw`"\u0041\u00e9\u20ac\ud83d\ude00\/\n\""`)).toBe('A\u00e9\u20ac\u{1f600}/\n"');
    expect(read(String.raw`"\ud83d"`)).toBe('?');
    expect(read(String.raw`"\ud83dab"`)).toBe('?ab');
    expect(read(String.raw`"\ud83d\u0041"`)).toBe('?A');
    expect(read(String.raw`"\ude00a"`)).toBe('?a');
  });

  it('keeps both of two members of one name', () => {
    expect(hex('{"a":1,"a":2}')).toBe('df00000002a16101a16102');
  });

  it.each([
    '{"a"}',
    '[1,]',
    '{"a":1,}',
    '01',
    '+1',
    '1.x',
    '-x',
    '.5',
    'nul1',
    '"\\x"',
    '"\\u12g4"',
    '"\t"',
    "'a'",
    '/*c*/1',
    '\ufeff1',
    '1 2',
    '1e999',
    '9223372036854775808',
    '-9223372036854775809',
    `${'['.repeat(128)}${']'.repeat(128)}`,
    '9'.repeat(100_000),
  ])('refuses %s', (text) => {
    expect(fault(text)).toBe('invalid');
  });

  it('refuses what is not UTF-8', () => {
    expect(fault(Buffer.from([0x22, 0xff, 0x22]))).toBe('invalid');
  });

  it('tells what is cut off from what is wrong', () => {
    const text = '{"type": "query", "vars": {"x": [1.5e+3, -2, true, null, "a\\u00e9\\n"]}} ';
    expect(fault(text)).toBe('fine');
    for (let end = 0; end < text.lastIndexOf('}') + 1; end++) expect([end, fault(text.slice(0, end))]).toEqual([end, 'incomplete']);
  });

  it('takes 127 levels', () => {
    expect(fault(`${'['.repeat(127)}${']'.repeat(127)}`)).toBe('fine');
  });
});
