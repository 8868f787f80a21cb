import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { TiError } from '../../src/errors.ts';
import { EnumDef } from '../../src/model/enums.ts';
import type { FieldRule } from '../../src/model/rules.ts';
import { isCompatible } from '../../src/model/rules-fit.ts';
import { parseRule } from '../../src/model/rules-parse.ts';
import { TypeDef } from '../../src/model/types.ts';
import { List } from '../../src/values/list.ts';
import { Fault } from '../../src/values/restriction.ts';
import { Bytes, Float } from '../../src/values/scalars.ts';
import { SetValue } from '../../src/values/set.ts';
import { Shape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/thing.ts';
import type { Value } from '../../src/values/value.ts';

const person = new TypeDef(1, 'Person', 0);
const size = new EnumDef(1, 'Size', 0);
size.add('S', 1);
size.add('L', 9);

const rule = (definition: string): FieldRule =>
  parseRule(
    {
      where: 'invalid declaration for `f` on type `T`',
      type: (name) => (name === 'Person' ? person : undefined),
      enumeration: (name) => (name === 'Size' ? size : undefined),
    },
    definition,
  );

const thing = (slots: Record<string, Value> = {}): Thing => new Thing(Shape.of(Object.keys(slots)), Object.values(slots));
const instance = (): Thing => new Thing(person.shape, []);
const list = (...items: Value[]): List => new List(items);
const set = (...things: Thing[]): SetValue => new SetValue(new Set(things));

describe('what a definition accepts', () => {
  const { NONE, TYPE, VALUE } = Fault;
  test.each<readonly [string, Value, number]>([
    ['any', null, NONE],
    ['any', set(), NONE],
    ['str', 'x', NONE],
    ['str', null, TYPE],
    ['str', new Bytes('x'), TYPE],
    ['str?', null, NONE],
    ['utf8', '\xff', VALUE],
    ['utf8', '\xc3\xbc', NONE],
    ['raw', new Bytes('x'), NONE],
    ['bytes', 'x', TYPE],
    ['int', 3, NONE],
    ['int', 2n ** 62n, NONE],
    ['int', new Float(3), TYPE],
    ['int', true, TYPE],
    ['uint', 0, NONE],
    ['uint', -1, VALUE],
    ['pint', 0, VALUE],
    ['nint', -1, NONE],
    ['nint', 0, VALUE],
    ['float', 3, TYPE],
    ['number', 3, NONE],
    ['number', new Float(3), NONE],
    ['bool', false, NONE],
    ['bool', 0, TYPE],
    ['email', 'iris@example.com', NONE],
    ['email', 'iris', VALUE],
    ['url', 'https://example.com', NONE],
    ['url', 'example', VALUE],
    ['tel', '+31 6 1234 5678', NONE],
    ['tel', 'x', VALUE],
    ['int<2:5>', 5, NONE],
    ['int<2:5>', 6, VALUE],
    ['int<2:5>', new Float(3), TYPE],
    ['int<-9223372036854775808:0>', -(2n ** 63n), NONE],
    ['float<0.5:1.5>', new Float(1.5), NONE],
    ['float<0.5:1.5>', new Float(1.6), VALUE],
    ['str<2:3>', 'ab', NONE],
    ['str<2:3>', 'a', VALUE],
    ['str<2:3>', 'abcd', VALUE],
    ['str<2:3>', 5, TYPE],
    ['/^a+$/<a>', 'aaa', NONE],
    ['/^a+$/<a>', 'b', VALUE],
    ['/^a+$/<a>', 1, TYPE],
    ['/^a*$/i', 'AA', NONE],
    ['thing', thing(), NONE],
    ['thing', instance(), NONE],
    ['Person', instance(), NONE],
    ['Person', thing(), TYPE],
    ['Person', null, TYPE],
    ['Person?', null, NONE],
    ['thing<int>', thing({ a: 1 }), NONE],
    ['thing<int>', thing({ a: 'x' }), TYPE],
    ['thing<int>', instance(), TYPE],
    ['[]', list(1, 'x', null), NONE],
    ['[]', set(), TYPE],
    ['[int]', list(1, 2), NONE],
    ['[int]', list(1, 'x'), TYPE],
    ['[uint]', list(1, -1), VALUE],
    ['[int?]', list(1, null), NONE],
    ['[int]', null, TYPE],
    ['[int]?', null, NONE],
    ['[Person]', list(instance()), NONE],
    ['[Person]', list(thing()), TYPE],
    ['{}', set(thing(), instance()), NONE],
    ['{}', list(), TYPE],
    ['{Person}', set(instance()), NONE],
    ['{Person}', set(thing()), TYPE],
    ['Size', size.member('S'), NONE],
    ['Size', 1, TYPE],
    ['Size{L}', size.member('S'), NONE],
    ['&str', 'x', NONE],
  ])('%s and a value', (definition, value, fault) => {
    expect(rule(definition).check(value)).toBe(fault);
    expect(rule(definition).accepts(value)).toBe(fault === NONE);
  });
});

test.each([
  'int',
  'str?',
  '[int?]?',
  '{Person}',
  '{}',
  '[]',
  'thing<int>',
  'int<-5:5:1>?',
  'str<0:9:abc>',
  '/a|b/<a>',
  '/x?/i',
  'Size{L}',
  '[Size]',
  '&Person?',
  '+thing',
  '^-any',
  '*Size',
  '?str?',
  '!bool',
  'float<-1.5:2.5:0.5>',
  'closure',
  'enum',
])('%s is told as it was written', (definition) => {
  const told = rule(definition).definition;
  expect(rule(told).definition).toBe(told);
  expect(told.replaceAll(/\.0*\b|0+(?=[:>])/g, '')).toBe(definition.replaceAll(/\.0*\b|0+(?=[:>])/g, ''));
});

test.each([
  '',
  '?',
  '??',
  'int??',
  'Nope',
  'Nope?',
  '[',
  '[int',
  'int]',
  '[int]]',
  '{int}',
  '{thing',
  '[[]',
  'int<',
  'int<5>',
  'int<5:1>',
  'int<a:b>',
  'str<-1:5>',
  'str<1:2:abc>',
  'int<1:5:9>',
  'float<nan:5>',
  'bool<1:2>',
  'thing<',
  'thing<int',
  'thing<Nope>',
  'thing<[int]>',
  '?[int]',
  '?{Person}',
  '?thing<int>',
  '/',
  '/a',
  '/(/',
  '/a+/',
  '/a+/<b>',
  'Size{X}',
  'Size{',
  'Size{}',
  '&&int',
  '+-thing',
  ' int',
  'int ',
  'tuple',
  'nil',
  'email<1:2>',
  'datetime<1:2>',
])('`%s` is no definition, and the error names the field', (definition) => {
  let error: unknown = null;
  try {
    rule(definition);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(TiError);
  expect((error as TiError).message).toContain('`f` on type `T`');
});

it('no text makes the reader fail in another way', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc
          .array(
            fc.constantFrom(
              'int',
              'str',
              '<',
              '>',
              ':',
              '?',
              '[',
              ']',
              '{',
              '}',
              '/',
              '1',
              '-',
              '9',
              'Person',
              'Size',
              'S',
              'thing',
              '&',
              'e',
            ),
          )
          .map((parts) => parts.join('')),
      ),
      (definition) => {
        try {
          const read = rule(definition);
          expect(rule(read.definition).definition).toBe(read.definition);
        } catch (error) {
          expect(error).toBeInstanceOf(TiError);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

const SAMPLES: readonly Value[] = [
  null,
  0,
  1,
  -1,
  7,
  2n ** 60n,
  new Float(1.5),
  true,
  '',
  'a',
  'abcdef',
  '\xff',
  new Bytes('x'),
  thing(),
  thing({ a: 1 }),
  instance(),
  list(),
  list(1),
  list(null),
  list('a'),
  list(instance()),
  set(),
  set(thing()),
  set(instance()),
  size.member('S'),
];
const DEFINITIONS = [
  'any',
  'str',
  'str?',
  'utf8',
  'raw',
  'bytes',
  'int',
  'int?',
  'uint',
  'pint',
  'nint',
  'float',
  'number',
  'bool',
  'int<0:5>',
  'int<1:3>',
  'str<0:3>',
  '/a*/',
  'thing',
  'thing?',
  'Person',
  'Person?',
  '[]',
  '[int]',
  '[int?]',
  '[number]',
  '{}',
  '{Person}',
  '{thing}',
  'Size',
  'Size{S}',
  'thing<int>',
];

it('a definition that another one is compatible with accepts whatever that one accepts', () => {
  let pairs = 0;
  for (const from of DEFINITIONS.map(rule)) {
    for (const to of DEFINITIONS.map(rule)) {
      if (!isCompatible(from, to)) continue;
      pairs++;
      for (const value of SAMPLES) {
        if (from.accepts(value)) expect(to.accepts(value), `${from.definition} to ${to.definition}`).toBe(true);
      }
    }
  }
  expect(pairs).toBeGreaterThan(100);
});
