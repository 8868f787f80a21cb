/** What the page makes of the text of variables. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { plain, readValue, ThingValue } from '../../src/playground/client/net/values.ts';
import { packGiven, readVariables } from '../../src/playground/client/net/variables.ts';

const packed = (text: string, code: string, files: ReadonlyMap<string, Uint8Array> = new Map()): Uint8Array | null => {
  const { values, problem } = readVariables(text);
  expect(problem).toBeNull();
  const w = new MsgpackWriter();
  return packGiven(w, { values, files }, code) ? w.take() : null;
};

test('any object with names as keys is read, and sent as it is', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue(), { minKeys: 1 }), fc.boolean(), (object, isSpread) => {
      const text = JSON.stringify(object, null, isSpread ? 2 : 0);
      // What is beyond 64 bits, and what JavaScript takes for something else.
      fc.pre(!/\d{16}|__proto__/.test(text));
      const sent = packed(text, Object.keys(object).join(' '));
      expect(sent === null ? null : plain(readValue(sent))).toEqual(JSON.parse(text));
    }),
  );
});

test('numbers are what they are written as, and only what the query mentions is sent', () => {
  const text = '{"i": 1, "f": 1.0, "big": 9223372036854775807, "other": [null]}';
  expect(Object.fromEntries(readVariables(text).types)).toEqual({ i: 'int', f: 'float', big: 'int', other: 'list' });
  const sent = packed(text, '[i, f, big, photo]', new Map([['photo', Uint8Array.of(0, 255)]]));
  const told = sent === null ? null : readValue(sent);
  const fields = told instanceof ThingValue ? Object.fromEntries(told.fields) : null;
  expect(fields).toEqual({ i: 1, f: { value: 1 }, big: 9223372036854775807n, photo: { bytes: Buffer.from([0, 255]) } });
  expect(packed(text, '1 + 1;')).toBeNull();
  expect(packed(' \n', 'x')).toBeNull();
});

describe('what is wrong has its place', () => {
  it.each([
    ['{"a" 1}', '1', 'a colon is expected'],
    ['{"a": 1 "b": 2}', '"b"', 'a comma or a closing bracket is expected'],
    ['{"a": 1,}', '}', 'a name in double quotes is expected'],
    ["{'a': 1}", "'a'", 'this is no value of JSON; a text needs double quotes'],
    ['{"a": "x}', '"x}', 'the closing quote is missing'],
    ['{"a": [1}', '}', 'a comma or a closing bracket is expected'],
    ['{"a": 1} 2', '2', 'there is something behind the end'],
    ['{"a": 01}', '1', 'a comma or a closing bracket is expected'],
    ['// no', '// no', 'there are no comments in JSON'],
    ['[1]', '[1]', 'variables are an object: {"name": value}'],
    ['{"a b": 1}', '"a b"', 'a name has letters, digits and underscores, and no digit first'],
    ['{"a": 1, "a": 2}', '"a"', '`a` stands here twice'],
    ['{"a": 9223372036854775808}', '9223372036854775808', 'the number does not fit in an integer of 64 bits'],
  ])('%s', (text, at, message) => {
    const { problem, values } = readVariables(text);
    expect([problem?.message, text.slice(problem?.from, problem?.to)]).toEqual([message, at]);
    expect(values.size).toBe(0);
  });
});
