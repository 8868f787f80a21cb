import { describe, expect, it } from 'vitest';
import { ErrorCode, TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { Closure } from '../../src/values/closure.ts';
import { DateTime } from '../../src/values/datetime.ts';
import { AnoType, EnumMember, Future, ModuleRef, MpData, Room, Task, Wrapped } from '../../src/values/handles.ts';
import { List } from '../../src/values/list.ts';
import { Regex } from '../../src/values/regex.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import { SetValue } from '../../src/values/set.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';
import { type EncodeHooks, Encoder, encodeValue, NO_IDS, plainHooks } from '../../src/wire/encode.ts';

const hex = (value: Value, deep = 1, flags = 0, hooks: EncodeHooks = plainHooks): string => {
  const writer = new MsgpackWriter(16);
  encodeValue(writer, value, { deep, flags, hooks });
  return writer.bytes().toString('hex');
};

const thing = (id: number, properties: Record<string, Value>): Thing => {
  const made = new Thing(Shape.empty, []);
  for (const [key, value] of Object.entries(properties)) made.put(key, value);
  made.id = id;
  return made;
};

const room = (id: number): Room => Object.assign(new Room(), { id });
const closure = (text: string, compactText: string): Closure =>
  new Closure({ params: [], effects: 0, text, compactText, doc: '' } as never);

/** Each with the bytes that a reference node sends for it. */
const SCALARS: readonly [string, Value, string][] = [
  ['nil', null, 'c0'],
  ['true', true, 'c3'],
  ['false', false, 'c2'],
  ['0', 0, '00'],
  ['127', 127, '7f'],
  ['128', 128, 'cc80'],
  ['255', 255, 'ccff'],
  ['256', 256, 'cd0100'],
  ['65535', 65535, 'cdffff'],
  ['65536', 65536, 'ce00010000'],
  ['2^32-1', 4294967295, 'ceffffffff'],
  ['2^32', 4294967296, 'cf0000000100000000'],
  ['2^53-1', Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
  ['2^53', 9007199254740992n, 'cf0020000000000000'],
  ['the largest int', 9223372036854775807n, 'cf7fffffffffffffff'],
  ['-1', -1, 'ff'],
  ['-32', -32, 'e0'],
  ['-33', -33, 'd0df'],
  ['-128', -128, 'd080'],
  ['-129', -129, 'd1ff7f'],
  ['-32768', -32768, 'd18000'],
  ['-32769', -32769, 'd2ffff7fff'],
  ['-2^31', -2147483648, 'd280000000'],
  ['-2^31-1', -2147483649, 'd3ffffffff7fffffff'],
  ['the smallest int', -9223372036854775808n, 'd38000000000000000'],
  ['a bigint that would fit a number', 5n, '05'],
  ['1.0', new Float(1), 'cb3ff0000000000000'],
  ['1.5', new Float(1.5), 'cb3ff8000000000000'],
  ['-0.0', new Float(-0), 'cb0000000000000000'],
  ['nan', new Float(Number.NaN), 'cb7ff8000000000000'],
  ['inf', new Float(Number.POSITIVE_INFINITY), 'cb7ff0000000000000'],
  ['-inf', new Float(Number.NEGATIVE_INFINITY), 'cbfff0000000000000'],
  ['an empty str', '', 'a0'],
  ['a str', 'x', 'a178'],
  ['a str of bytes beyond ASCII', '\xc3\xa9\xff', 'a3c3a9ff'],
  ['bytes', new Bytes('abc'), 'c403616263'],
  ['no bytes', new Bytes(''), 'c400'],
  ['a regex', new Regex('a', 'i'), 'a42f612f69'],
  ['an error', new TiError(-100, 'hi'), 'a26869'],
  ['an error without text', new TiError(-100, ''), 'a0'],
  ['a closure as written', closure('|x| x + 1', '|x|x+1'), 'a97c787c2078202b2031'],
  ['a closure in a list', Object.assign(closure('|x| x + 1', '|x|x+1'), { unbound: true }), 'a67c787c782b31'],
  ['a datetime', new DateTime(1360108800, 0, 'UTC', false), 'b4323031332d30322d30365430303a30303a30305a'],
  ['a datetime with offset', new DateTime(1360108800, 3600, null, false), 'b8323031332d30322d30365430313a30303a30302b30313030'],
  ['a timeval', new DateTime(12, 0, 'UTC', true), '0c'],
  ['a timeval before the epoch', new DateTime(-3, 0, 'UTC', true), 'fd'],
  ['a room', room(7), 'a6726f6f6d3a37'],
  ['a room that is not stored', room(0), 'a8726f6f6d3a6e696c'],
  ['no task', new Task(), 'a87461736b3a6e696c'],
  ['an enum member', new EnumMember({ id: 0, name: 'E' }, 'A', 2), '02'],
  ['mpdata', new MpData(Buffer.from('82a16101a162c0', 'hex')), '82a16101a162c0'],
  ['a module', new ModuleRef('m'), 'c0'],
  ['a future', Object.assign(new Future(), { value: 1 }), '01'],
  ['an anonymous type', new AnoType({ id: 0, name: '<anonymous>' }, new Map([['a', 'int']])), '81a161a3696e74'],
];

describe('scalars', () => {
  it.each(SCALARS)('packs %s', (_name, value, bytes) => {
    expect(hex(value)).toBe(bytes);
  });

  it.each([
    [31, 'bf'],
    [32, 'd920'],
    [255, 'd9ff'],
    [256, 'da0100'],
    [65535, 'daffff'],
    [65536, 'db00010000'],
  ])('packs a str of %i bytes', (length, header) => {
    expect(hex('x'.repeat(length))).toBe(header + '78'.repeat(length));
  });

  it.each([
    [255, 'c4ff'],
    [256, 'c50100'],
    [65536, 'c600010000'],
  ])('packs %i bytes', (length, header) => {
    expect(hex(new Bytes('x'.repeat(length)))).toBe(header + '78'.repeat(length));
  });
});

describe('lists and sets', () => {
  it.each([
    [0, '90'],
    [15, '9f'],
    [16, 'dc0010'],
    [65536, 'dd00010000'],
  ])('packs a list of %i items', (count, header) => {
    expect(hex(new List(new Array<Value>(count).fill(1)))).toBe(header + '01'.repeat(count));
  });

  it('packs a tuple as a list', () => {
    expect(hex(new List([new List([1, 2], true), 'a']))).toBe('92920102a161');
  });

  it('packs a set as a list of things, without using up a level', () => {
    const set = new SetValue(new Set([thing(2, { n: 'x' }), thing(0, {})]));
    expect(hex(set)).toBe('9282a12302a16ea17880');
    expect(hex(set, 0)).toBe('9281a1230280');
  });
});

describe('things', () => {
  const nested = thing(13, { a: thing(14, { b: thing(15, { c: 1 }) }) });

  it('puts the id first and keeps the order of the properties', () => {
    expect(hex(thing(9, { z: 1, a: 'x', m: null }))).toBe('84a12309a17a01a161a178a16dc0');
    expect(hex(thing(0, { z: 1 }))).toBe('81a17a01');
  });

  it.each([
    [0, '81a1230d'],
    [1, '82a1230da16181a1230e'],
    [2, '82a1230da16182a1230ea16281a1230f'],
    [3, '82a1230da16182a1230ea16282a1230fa16301'],
    [127, '82a1230da16182a1230ea16282a1230fa16301'],
  ])('packs %i levels', (deep, bytes) => {
    expect(hex(nested, deep)).toBe(bytes);
  });

  it('does not count lists as levels', () => {
    expect(hex(thing(0, { l: new List([new List([thing(5, { x: 1 })], true)]) }))).toBe('81a16c919181a12305');
    expect(hex(new List([new List([thing(5, { x: 1 })], true)]))).toBe('919182a12305a17801');
  });

  it('leaves ids out with NO_IDS, and heeds no other flag', () => {
    expect(hex(nested, 1, NO_IDS)).toBe('81a16180');
    expect(hex(nested, 0, NO_IDS)).toBe('80');
    expect(hex(nested, 1, 64)).toBe(hex(nested, 1));
    expect(hex(nested, 1, 64 | NO_IDS)).toBe('81a16180');
  });

  it('packs a thing without id as an empty map when the levels are used up', () => {
    expect(hex(thing(0, { a: thing(0, { b: 1 }) }))).toBe('81a16180');
  });

  it('packs a thing inside itself by its id only', () => {
    const self = thing(10, {});
    self.put('me', self);
    expect(hex(self, 5)).toBe('82a1230aa26d6581a1230a');
    const free = thing(0, {});
    free.put('b', free);
    expect(hex(free, 5)).toBe('81a16280');
    const other = thing(11, { back: self });
    self.put('other', other);
    expect(hex(self, 5)).toBe('83a1230aa26d6581a1230aa56f7468657282a1230ba46261636b81a1230a');
  });

  it('packs a thing twice when it stands side by side with itself', () => {
    const one = thing(3, { a: 1 });
    expect(hex(new List([one, one]))).toBe('9282a12303a1610182a12303a16101');
  });

  it('sorts the keys of a thing that has a key which is no name', () => {
    expect(hex(thing(0, { b: 1, 'a b': 2, a: 3 }))).toBe('83a16103a3612062' + '02a16201');
  });

  it('packs more than fifteen properties, and long names', () => {
    const many = thing(1, Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`k${i}`, i])));
    expect(hex(many).slice(0, 12)).toBe('de0010a12301');
    const name = 'n'.repeat(255);
    expect(hex(thing(0, { [name]: 1 }))).toBe(`81d9ff${'6e'.repeat(255)}01`);
  });

  it('packs things of alternating shapes', () => {
    const items = [thing(1, { a: 1 }), thing(2, { b: 2 }), thing(3, { a: 3 }), thing(4, { a: 4, b: 4 })];
    expect(hex(new List(items))).toBe('94' + '82a12301a16101' + '82a12302a16202' + '82a12303a16103' + '83a12304a16104a16204');
  });
});

describe('types and wraps', () => {
  const named = { id: 1, name: 'Named' };
  const hidden = { id: 2, name: 'Hidden' };
  const gone = { id: 3, name: 'Gone' };
  const hooks: EncodeHooks = {
    idView: (type) => ({ idName: type === named ? 'id' : '#', hideId: type === hidden }),
    wrapView: (seen, type, deep, flags) => {
      if (type === gone) return null;
      const fields = [...seen.keys()].map((name) => ({
        name,
        value: seen.get(name) as Value,
        through: name === 'in' ? named : null,
        deep,
        flags,
      }));
      return { idName: type === named ? 'nid' : '#', hideId: type === hidden, fields };
    },
    taskText: (task) => `<task:${task.id}>`,
  };
  const instance = (id: number, type: typeof named, value: Value): Thing => {
    const made = new Thing(new Shape(['n'], new Map([['n', 0]]), type), [value]);
    made.id = id;
    return made;
  };

  it('tells the id under the name that the type gives', () => {
    expect(hex(instance(2, named, 'x'), 1, 0, hooks)).toBe('82a2696402a16ea178');
    expect(hex(instance(2, named, 'x'), 0, 0, hooks)).toBe('81a2696402');
    expect(hex(instance(0, named, 'x'), 1, 0, hooks)).toBe('81a16ea178');
    expect(hex(instance(2, named, 'x'), 1, NO_IDS, hooks)).toBe('81a16ea178');
  });

  it('hides the id unless it is all there is', () => {
    expect(hex(instance(3, hidden, 'y'), 1, 0, hooks)).toBe('81a16ea179');
    expect(hex(instance(3, hidden, 'y'), 0, 0, hooks)).toBe('81a12303');
  });

  it('shows a wrap as its type tells, and by its own id when the levels are used up', () => {
    expect(hex(new Wrapped(thing(3, { n: 'x' }), named), 1, 0, hooks)).toBe('82a36e696403a16ea178');
    expect(hex(new Wrapped(thing(3, { n: 'x' }), hidden), 1, 0, hooks)).toBe('81a16ea178');
    expect(hex(new Wrapped(instance(3, named, 'x'), hidden), 0, 0, hooks)).toBe('81a2696403');
    expect(hex(new Wrapped(thing(3, { n: 'x' }), gone), 1, 0, hooks)).toBe('82a12303a16ea178');
  });

  it('sees the things in a field through the type of the field', () => {
    const inner = thing(4, { a: 1 });
    const list = new List([inner, 5, new List([inner], true)]);
    expect(hex(new Wrapped(thing(3, { in: inner }), hidden), 2, 0, hooks)).toBe('81a2696e82a36e696404a16101');
    expect(hex(new Wrapped(thing(3, { in: list }), hidden), 2, 0, hooks)).toBe('81a2696e9382a36e696404a1610105' + '9182a36e696404a16101');
    expect(hex(new Wrapped(thing(3, { in: new SetValue(new Set([inner])) }), hidden), 2, 0, hooks)).toBe('81a2696e9182a36e696404a16101');
  });

  it('tells tasks by the hook', () => {
    expect(hex(Object.assign(new Task(), { id: 3 }), 1, 0, hooks)).toBe(`a8${Buffer.from('<task:3>').toString('hex')}`);
  });
});

describe('limits', () => {
  const tooLarge = expect.objectContaining({ code: ErrorCode.RESULT_TOO_LARGE });

  it('tests the size when the properties of a thing begin, from the given start on', () => {
    const pack = (length: number, sizeLimit: number): number => {
      const writer = new MsgpackWriter();
      writer.skip(100);
      const value = new List(['s'.repeat(length), thing(0, { a: 1 })]);
      encodeValue(writer, value, { deep: 1, flags: 0, sizeLimit, start: 92 });
      return writer.size;
    };
    // 8 bytes of header, 1 of the list, 2 of the str.
    expect(() => pack(89, 100)).not.toThrow();
    expect(() => pack(90, 100)).toThrow(tooLarge);
  });

  it('does not test what is no thing with properties', () => {
    const options = { deep: 0, flags: 0, sizeLimit: 10 };
    expect(() => encodeValue(new MsgpackWriter(), new List(['x'.repeat(100), thing(1, { a: 1 })]), options)).not.toThrow();
    expect(() => encodeValue(new MsgpackWriter(), 'x'.repeat(100), options)).not.toThrow();
  });

  it('refuses endless nesting instead of overflowing the stack', () => {
    let list = new List([]);
    for (let i = 0; i < 100_000; i++) list = new List([list], true);
    expect(() => hex(list)).toThrow(expect.objectContaining({ code: ErrorCode.OPERATION }));
    let shallow = new List([]);
    for (let i = 0; i < 900; i++) shallow = new List([shallow], true);
    expect(hex(shallow)).toBe(`${'91'.repeat(900)}90`);
  });

  it('packs correctly after a failure', () => {
    const writer = new MsgpackWriter();
    const encoder = new Encoder(writer, plainHooks, 10);
    const inner = thing(1, { a: 1 });
    expect(() => encoder.encode(new List(['x'.repeat(50), inner]), 1, 0, 0)).toThrow(tooLarge);
    writer.reset();
    encoder.encode(inner, 1, 0, 0);
    expect(writer.bytes().toString('hex')).toBe('82a12301a16101');
  });
});
