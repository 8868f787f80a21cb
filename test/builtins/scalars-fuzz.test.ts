/** Calls of every function and method of scalar values with receivers and arguments of all kinds: each gives a value or an error of the language. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { ask, memoryEngine } from '../support.ts';
import { scalarRows } from './scalars-helpers.ts';

const methods = [...new Set(scalarRows.filter((row) => row.receiver !== undefined).map((row) => row.name))];
const functions = [...new Set(scalarRows.filter((row) => row.receiver === undefined).map((row) => row.name))];

const NUMBERS = ['0', '1', '-1', '2', '7', '-50', '-100', '127', '1024', '2147483648', '9007199254740992', 'INT_MAX', 'INT_MIN'];
const FLOATS = ['0.5', '-1.5', '1.0e+300', '9.3e+18', 'inf', '-inf', 'nan'];
const TEXTS = [
  ...['', 'a', 'a b  c', 'é', '2020-01-01', '2020-02-03T04:05:06+0130', '%Y-%m-%d', '%c %z %Z', '%s', 'UTC', 'Europe/Amsterdam', '+0530'],
  ...[
    'days',
    'months',
    'years',
    'hours',
    'year',
    'gmt_offset',
    '{"a": [1, 2.5, null]}',
    '[[[',
    '1e5',
    '0x1F',
    'inf',
    'YQ==',
    '====',
    'i',
    'g',
  ],
  ...['(a+)+$', '[a-z]*', '(x)?(y)', '(?<=a)b', '(?R)', '|x| x', 'int', ','],
].map((text) => `'${text}'`);
const OTHERS = [
  ...[
    'nil',
    'true',
    'false',
    "bytes('ab')",
    "base64_decode('/w==')",
    "'é'[0]",
    '/a/',
    '/(x)?(a)/g',
    '/x*/',
    '/(?=b)/',
    '[]',
    "['int', 1]",
    '[[1]][0]',
  ],
  ...[
    '{}',
    '{deep: 2}',
    "{year: 2000, day: '1'}",
    '{beautify: true}',
    'set()',
    'set({})',
    'err()',
    "value_err('x')",
    '|x| x',
    "|| 'a'",
    '|a, b, c, d| d',
  ],
  ...[
    'datetime(0)',
    'datetime(INT_MAX)',
    "datetime(1616893200).to('Europe/Amsterdam')",
    'timeval(-9007199254740991)',
    "datetime(0).to('-01')",
  ],
  ...['time_zones_info()', 'room()', 'try(1 / 0)', 'rand'],
];

const value = fc.oneof(fc.constantFrom(...NUMBERS), fc.constantFrom(...FLOATS), fc.constantFrom(...TEXTS), fc.constantFrom(...OTHERS));
const args = fc.array(value, { maxLength: 4 }).map((all) => all.join(', '));
const call = fc.oneof(
  fc.tuple(value, fc.constantFrom(...methods), args).map(([on, name, given]) => `(${on}).${name}(${given})`),
  fc.tuple(fc.constantFrom(...functions), args).map(([name, given]) => `${name}(${given})`),
);

let engine: LocalEngine;

beforeAll(async () => {
  engine = await memoryEngine();
});

test('no call ends in an internal error', () => {
  fc.assert(
    fc.property(fc.array(call, { minLength: 20, maxLength: 20 }), (calls) => {
      // One query for many calls: each is tried on its own, and a fault of ours is none that can be caught.
      const code = calls.map((text) => `r = try(${text}); is_err(r) ? r.code() : type(r);`).join('\n');
      const answer = ask(engine, code);
      // The last call gives the name of a type, or the code of an error that was caught.
      expect(typeof answer === 'string' || (typeof answer === 'number' && answer < -1), `${code}\n${JSON.stringify(answer)}`).toBe(true);
    }),
    { numRuns: 500 },
  );
});
