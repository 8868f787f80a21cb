import { expect, it } from 'vitest';
import { isUnfinished } from '../../src/analysis/unfinished.ts';

it.each([
  'f(',
  '[1, 2',
  'if (x)',
  'x = ',
  'f(); if (x) ',
  '.a.',
  '|x',
  '{a: 1,',
  '"text',
  "'it''s",
  '`template {x',
  '`template',
  '/* comment',
  'for (x in y) {',
  'a ? b',
  'f(1); g(',
  'f( // comment',
])('%s goes on', (text) => {
  expect(isUnfinished(text, 'v1')).toBe(true);
});

it.each([
  '',
  ' ',
  'if (x);',
  '// comment',
  '1',
  '1;',
  'f()',
  'f(]',
  '[1, 2)(',
  'x = )',
  '}',
  'f(1))',
  'a b',
  '.x',
  '1 + ;',
  'f(") + "x)" (',
  '"a"x"',
])('%s does not go on', (text) => {
  expect(isUnfinished(text, 'v1')).toBe(false);
});

it.each([
  ['map(x => ', true],
  ['[1, 2', true],
  ['"text', true],
  ['/* comment', true],
  ['map(x => (x + 1))', false],
  ['a = 1; b', false],
  ['f(]', false],
  ['99999999999999999999', false],
])('in the 2019 dialect, %s: %s', (text, goesOn) => {
  expect(isUnfinished(text, '2019')).toBe(goesOn);
});
