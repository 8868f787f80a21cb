import { describe, expect, it } from 'vitest';
import { treeOf } from '../../../src/cli/repl/tree.ts';
import { MsgpackWriter } from '../../../src/msgpack/writer.ts';

type Plain = null | boolean | number | string | Uint8Array | Plain[] | { [key: string]: Plain };

function pack(w: MsgpackWriter, value: Plain): void {
  if (value === null) w.nil();
  else if (typeof value === 'boolean') w.bool(value);
  else if (typeof value === 'number') Number.isInteger(value) ? w.int(value) : w.float(value);
  else if (typeof value === 'string') w.str(Buffer.from(value).latin1Slice());
  else if (value instanceof Uint8Array) w.bin(Buffer.from(value).latin1Slice());
  else if (Array.isArray(value)) {
    w.arrayHeader(value.length);
    for (const item of value) pack(w, item);
  } else {
    w.mapHeader(Object.keys(value).length);
    for (const [key, item] of Object.entries(value)) {
      w.str(Buffer.from(key).latin1Slice());
      pack(w, item);
    }
  }
}

function tree(value: Plain, { columns = 40, colored = false, limit = 0 } = {}): string {
  const w = new MsgpackWriter();
  pack(w, value);
  return treeOf(Buffer.from(w.bytes()), { columns, colored, limit });
}

describe('answers as trees', () => {
  it.each([
    [null, 'nil'],
    [true, 'true'],
    [-12, '-12'],
    [1.5, '1.5'],
    ['it is "π"', '"it is \\"π\\""'],
    [new Uint8Array([1, 2]), 'bytes "AQI="'],
    [[], '[]'],
    [{}, '{}'],
    [[1, [2, 'a']], '[1, [2, "a"]]'],
    [{ '#': 7, name: 'iris', 'two words': null }, '#7 {name: "iris", "two words": nil}'],
    [{ '#': 7 }, '#7 {}'],
  ])('%j is told on one line', (value, expected) => {
    expect(tree(value)).toBe(`${expected}\n`);
  });

  it('gives each item a line when one line is too short', () => {
    const list = [{ '#': 1, name: 'a rather long name', tags: ['one', 'two'] }, 2];
    expect(tree(list, { columns: 60 })).toBe('[#1 {name: "a rather long name", tags: ["one", "two"]}, 2]\n');
    expect(tree(list, { columns: 40 })).toBe('[\n  #1 {\n    name: "a rather long name",\n    tags: ["one", "two"]\n  },\n  2\n]\n');
  });

  it('counts the columns of wide characters', () => {
    expect(tree(['日本', '日本'], { columns: 16 })).toBe('["日本", "日本"]\n');
    expect(tree(['日本', '日本'], { columns: 15 })).toBe('[\n  "日本",\n  "日本"\n]\n');
  });

  it('leaves out what is beyond the limit, and says how much', () => {
    expect(tree([1, 2, 3, 4], { limit: 2 })).toBe('[1, 2, ... 2 more]\n');
    expect(tree({ a: [1, 2, 3], b: { c: 1 }, d: 2 }, { limit: 2, columns: 60 })).toBe('{a: [1, 2, ... 1 more], b: {c: 1}, ... 1 more}\n');
    expect(tree('x'.repeat(3000), { limit: 1 })).toContain('" ... 1000 more characters');
    expect(tree([1, 2, 3], { limit: 0 })).toBe('[1, 2, 3]\n');
  });

  it('lets no command through to the terminal', () => {
    expect(tree('\x1b[2J\x9b2J\u202e')).toBe('"\\u001b[2J\\u009b2J\\u202e"\n');
    expect(tree({ '\x1b[2J': 1 })).toBe('{"\\u001b[2J": 1}\n');
  });

  it('colours values by what they are', () => {
    expect(tree([1, 'a', null], { colored: true })).toBe('[\x1b[36m1\x1b[0m, \x1b[32m"a"\x1b[0m, \x1b[35mnil\x1b[0m]\n');
  });
});
