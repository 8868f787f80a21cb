import { expect, it } from 'vitest';
import { parse } from '../../grammar/2019/parser.ts';
import { analyze2019 } from '../../src/analysis/dialect-2019.ts';

const found = (code: string): readonly (readonly [string, number, string])[] =>
  analyze2019(parse(code)).map((f) => [f.code, f.start, f.message] as const);

it('tells calls that cannot be', () => {
  expect(found("a.startwith('x'); foo(); x => x.upper(1)")).toEqual([
    ['unknown-method', 2, 'the dialect has no function `startwith`; did you mean `startswith`?'],
    ['unknown-function', 18, 'the dialect has no function `foo`'],
    ['argument-count', 32, '`upper` takes 0 arguments, not 1'],
  ]);
  expect(found('push(); splice(1)').map(([, , message]) => message)).toEqual([
    '`push` takes at least 1 argument, not 0',
    '`splice` takes at least 2 arguments, not 1',
  ]);
});

it('takes what is right', () => {
  expect(found("thing(1, 2); get('a', 'b'); str(); try(1, 2, 3); users(); grant(0, 'a', READ); new_node('a', 'b')")).toEqual([]);
});
