import { expect, it } from 'vitest';
import { classify } from '../../src/analysis/token-classes.ts';

const classes = (text: string, dialect: 'v1' | '2019' = 'v1'): string[] =>
  classify(text, dialect)
    .filter(({ class: kind }) => kind !== 'punctuation')
    .map(({ start, end, class: kind }) => `${text.slice(start, end)}: ${kind}`);

it.each([
  ['x = nil; // note', ['x: variable', 'nil: constant', '// note: comment']],
  ['if (true) return 1.5;', ['if: keyword', 'true: constant', 'return: keyword', '1.5: number']],
  ['.if.nil', ['if: property', 'nil: property']],
  ['.list.map(|x| f(x))', ['list: property', 'map: method', 'x: variable', 'f: function', 'x: variable']],
  ['{for: 1}', ['for: property', '1: number']],
  ['/a b/i "c" \'d', ['/a b/i: regex', '"c": string', "'d: string"]],
  ['`a {b} c`', ['`: string', 'a : string', 'b: variable', ' c: string', '`: string']],
  ['MATH_PI + inf', ['MATH_PI: constant', 'inf: constant']],
  ['/* open', ['/* open: comment']],
  ['12abc \x01', ['12abc: bad', '\x01: bad']],
])('%j', (text, expected) => {
  expect(classes(text)).toEqual(expected);
});

it.each([
  ['$tmp = nil; a.map(x => (x))', ['$tmp: variable', 'nil: constant', 'a: variable', 'map: method', 'x: variable', 'x: variable']],
  ['a.nil + "open', ['a: variable', 'nil: property', '"open: string']],
])('in the 2019 dialect, %j', (text, expected) => {
  expect(classes(text, '2019')).toEqual(expected);
});
