import { describe, expect, it } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { MsgpackReader } from '../../src/msgpack/reader.ts';
import { Closure } from '../../src/values/closure.ts';
import { AnoType, MpData, Room, Task } from '../../src/values/handles.ts';
import { List } from '../../src/values/list.ts';
import { Regex } from '../../src/values/regex.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';
import { type DecodeContext, decodeAny, decodeArguments, decodeNext, detachedContext } from '../../src/wire/decode.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const any = (hex: string, context?: DecodeContext): Value => decodeAny(bytes(hex), context);
/** What reading an argument `a` with this value fails with. */
const failure = (hex: string, context?: DecodeContext): TiError => {
  try {
    decodeArguments(bytes(`81 a161 ${hex}`), context);
  } catch (error) {
    if (error instanceof TiError) return error;
    throw error;
  }
  throw new Error('it was read');
};

describe('values', () => {
  it.each<[string, string, Value]>([
    ['nil', 'c0', null],
    ['true', 'c3', true],
    ['false', 'c2', false],
    ['a small int', '05', 5],
    ['a negative int', 'ff', -1],
    ['an int of 32 bit', 'd280000000', -2147483648],
    ['an int beyond 2^53', 'cf7fffffffffffffff', 9223372036854775807n],
    ['the smallest int', 'd38000000000000000', -9223372036854775808n],
    ['an uint64 that is small', 'cf0000000000000007', 7],
    ['a float', 'cb3ff8000000000000', new Float(1.5)],
    ['a float of 32 bit', 'ca3fc00000', new Float(1.5)],
    ['a str', 'a3c3a9ff', '\xc3\xa9\xff'],
    ['bytes', 'c40161', new Bytes('a')],
    ['a name', 'c70306616263', 'abc'],
    ['mpdata', 'd40001', new MpData(Buffer.from([1]))],
  ])('reads %s', (_name, hex, value) => {
    expect(any(hex)).toEqual(value);
  });

  it('reads a regex, and refuses what is none', () => {
    const value = any('c704012f612f69');
    expect(value).toBeInstanceOf(Regex);
    expect((value as Regex).text).toBe('/a/i');
    for (const text of ['/(/', '/a/x', 'a', '//']) {
      const hex = Buffer.from(text).toString('hex');
      expect(() => any(`c7${text.length.toString(16).padStart(2, '0')}01${hex}`)).toThrow(TiError);
    }
  });

  it('gives a list in a thing to the property that holds it', () => {
    const thing = any('81 a161 9101') as Thing;
    const list = thing.get('a') as List;
    expect([list.parent, list.key]).toEqual([thing, 'a']);
  });

  it('reads an array as a list, arrays in it as tuples', () => {
    const value = any('92 9101 81a1629100') as List;
    expect(value.isTuple).toBe(false);
    expect((value.items[0] as List).isTuple).toBe(true);
    const inThing = ((value.items[1] as Thing).get('b') as List).isTuple;
    expect(inThing).toBe(false);
  });

  it('reads a map as a thing without id', () => {
    const value = any('82 a162 01 a161 02') as Thing;
    expect(value).toBeInstanceOf(Thing);
    expect(value.id).toBe(0);
    expect(value.keys()).toEqual(['b', 'a']);
  });

  it('reads a map with a key that is no name as a dictionary', () => {
    expect((any('83 a162 01 a0 02 a130 03') as Thing).keys()).toEqual(['', '0', 'b']);
    expect((any('81 a95f5f70726f746f5f5f 02') as Thing).get('__proto__')).toBe(2);
  });

  it('takes the later of two values of one key', () => {
    expect((any('82 a161 01 a161 02') as Thing).get('a')).toBe(2);
  });

  it('reads maps with the same keys and with others, in any order', () => {
    const plain = (value: Value): unknown => {
      if (value instanceof List) return value.items.map(plain);
      return value instanceof Thing ? value.keys().map((key) => [key, plain(value.get(key) as Value)]) : value;
    };
    const value = any('96 82a16101a16202 82a16103a16204 82a16105a16306 82a16207a16108 82a16109a1610a 82a1610ba16282a1610ca1620d') as List;
    expect(plain(value)).toEqual([
      [
        ['a', 1],
        ['b', 2],
      ],
      [
        ['a', 3],
        ['b', 4],
      ],
      [
        ['a', 5],
        ['c', 6],
      ],
      [
        ['b', 7],
        ['a', 8],
      ],
      [['a', 10]],
      [
        ['a', 11],
        [
          'b',
          [
            ['a', 12],
            ['b', 13],
          ],
        ],
      ],
    ]);
    const things = value.items as Thing[];
    expect(things[0]?.shape).toBe(things[1]?.shape);
    expect(things[0]?.shape).toBe(things[5]?.shape);
  });

  it('ignores what follows the value, and can go on behind it', () => {
    expect(any('01 02 c1')).toBe(1);
    const reader = new MsgpackReader(bytes('9101 02'));
    decodeNext(reader);
    expect(decodeNext(reader)).toBe(2);
  });
});

describe('references', () => {
  const stored = new Thing((any('80') as Thing).shape, []);
  const context: DecodeContext = {
    ...detachedContext,
    thing: (id) => {
      if (id !== 9) throw new TiError(-54, `no thing ${id}`);
      return stored;
    },
    room: (id) => Object.assign(new Room(), { id }),
    task: (id) => Object.assign(new Task(), { id }),
    closure: (text) => new Closure({ text } as never),
    anoType: (definition) => new AnoType({ id: 0, name: '' }, new Map([['definition', definition]])),
  };

  it('asks the context for things, rooms, tasks, closures and anonymous types', () => {
    expect(any('d705 0000000000000009', context)).toBe(stored);
    expect((any('d703 0000000000000102', context) as Room).id).toBe(258);
    expect((any('d704 0000000000000003', context) as Task).id).toBe(3);
    expect((any('c705 02 7c787c7831', context) as Closure).text).toBe('|x|x1');
    expect((any('c704 07 81a16101', context) as AnoType).fields.get('definition')).toBeInstanceOf(Thing);
  });

  it.each([
    ['an unknown thing', 'd705 0000000000000008', -54],
    ['a thing id of a wrong size', 'd405 01', -53],
    ['a room id of a wrong size', 'd403 01', -53],
    ['a task id of a wrong size', 'd404 01', -53],
  ])('refuses %s', (_name, hex, code) => {
    expect(failure(hex, context).code).toBe(code);
  });

  it('refuses them where there is no collection, all but tasks', () => {
    for (const type of ['03', '05']) expect(failure(`d7${type} 0000000000000009`).code).toBe(-53);
    expect(failure('d407 80').code).toBe(-53);
    expect((any('d704 0000000000000009') as Task).id).toBe(0);
  });
});

describe('faults', () => {
  it.each([
    ['a value that is not there', '', -62],
    ['an array that ends too early', '9201', -62],
    ['a map that ends behind a key', '81a162', -62],
    ['a map that ends before a key', '81', -61],
    ['a key that is cut', '81a3', -61],
    ['a length that is cut', 'd9', -53],
    ['a str that is cut', 'a541', -53],
    ['an int that is cut', 'cd01', -53],
    ['a str that says 4 GiB', 'dbffffffff41', -53],
    ['an array that says 2^32 members', 'ddffffffff', -62],
    ['a map that says 2^32 members', 'dfffffffff', -61],
    ['the byte that is never used', 'c1', -53],
    ['an uint beyond 63 bit', 'cf8000000000000000', -59],
    ['a key that is an int', '810102', -61],
    ['a key that is bytes', '81c4016102', -61],
    ['a key that is no UTF-8', '81a1ff02', -60],
    ['the key #', '81a12302', -60],
    ['the key of a space', '81a12002', -60],
    ['the key /', '81a12f02', -60],
    ['a timestamp', 'd6ff00000000', -53],
    ['an unknown extension', 'd40800', -53],
    ['a regex without slashes', 'd40161', -60],
    ['a regex without text', 'c700 01', -60],
    ['a regex of nothing', 'c70201 2f2f', -60],
    ['a regex with an unknown flag', 'c70401 2f612f7a', -60],
    ['mpdata that is empty', 'c70000', -53],
    ['mpdata with more than one value', 'd500 0101', -53],
    ['mpdata that is cut', 'd400 91', -53],
  ])('refuses %s, and names the argument', (_name, hex, code) => {
    const error = failure(hex);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/ \(in argument `a`\)$/);
  });

  it('refuses nesting beyond 500 levels of arrays, maps and extensions', () => {
    expect(() => any(`${'91'.repeat(500)}90`)).toThrow(expect.objectContaining({ code: -53 }));
    expect(() => any(`${'91'.repeat(499)}90`)).not.toThrow();
    expect(() => any('91'.repeat(1_000_000))).toThrow(expect.objectContaining({ code: -53 }));
    expect(() => any('81a161'.repeat(100_000))).toThrow(expect.objectContaining({ code: -53 }));
  });
});

describe('arguments', () => {
  it('reads names and values', () => {
    const variables = decodeArguments(bytes('83 a161 01 a25f62 a178 a163 c0'));
    expect([...variables]).toEqual([
      ['a', 1],
      ['_b', 'x'],
      ['c', null],
    ]);
  });

  it('takes the later of two values of one name', () => {
    expect([...decodeArguments(bytes('82 a161 01 a161 02'))]).toEqual([['a', 2]]);
  });

  it.each(['', 'c0', '9101', 'a161', '05'])('takes no map (%s) for no variables', (hex) => {
    expect(decodeArguments(bytes(hex)).size).toBe(0);
  });

  it.each([
    ['an int', '81 01 02'],
    ['bytes', '81 c40161 01'],
    ['a text that is no name', '81 a3612062 01'],
    ['an empty text', '81 a0 01'],
    ['nothing', '81'],
    ['a text that is cut', '81 a361'],
    ['a text that is too long', `81 da0100 ${'61'.repeat(256)} 01`],
  ])('refuses %s as a name', (_name, hex) => {
    expect(() => decodeArguments(bytes(hex))).toThrow(expect.objectContaining({ code: -60 }));
  });
});
