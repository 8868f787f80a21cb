/** Random programs in the 2019 dialect. */
import { rows2019 } from '../../src/builtins/dialect-2019/registry.ts';

/** Whole numbers below `n`, the same for the same seed. */
export function source(seed: number): (n: number) => number {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const callable = rows2019.filter(({ name }) => /^2019:[a-z]/.test(name)).map(({ name }) => name.slice(5));
const ATOMS = [
  'nil',
  'true',
  '0',
  '-1',
  '2.5',
  'inf',
  "'a'",
  "''",
  "'it''s'",
  '/a/i',
  'a',
  'b',
  'nosuch',
  '$t',
  '$u',
  '[]',
  '{}',
  '9223372036854775807',
];
const OPERATORS = ['+', '-', '*', '/', '//', '%', '&', '^', '|', '<', '>', '==', '!=', '<=', '>=', '&&', '||'];
const ASSIGNS = ['=', '+=', '-=', '*=', '/=', '//=', '%=', '&=', '^=', '|='];

export function program(below: (n: number) => number): string {
  const pick = (from: readonly string[]): string => from[below(from.length)] as string;
  const list = (depth: number): string => Array.from({ length: below(4) }, () => expr(depth)).join(', ') + (below(9) === 0 ? ',' : '');
  const items = (depth: number): string => Array.from({ length: 1 + below(3) }, () => expr(depth)).join(', ');
  const forms: readonly ((depth: number) => string)[] = [
    (d) => `(${expr(d)} ${pick(OPERATORS)} ${expr(d)})`,
    (d) => `(${expr(d)}) ? ${expr(d)} : ${expr(d)}`,
    (d) => `!${expr(d)}`,
    (d) => `${pick(['a', 'b', '$t', '$u'])} ${pick(ASSIGNS)} ${expr(d)}`,
    (d) => `[${items(d)}]`,
    (d) => `{a: ${expr(d)}, b: ${expr(d)}}`,
    (d) => `${pick(callable)}(${list(d)})`,
    (d) => `${pick(ATOMS)}.${pick(callable)}(${list(d)})`,
    (d) => `${pick(['a', 'b', '$t'])}.${pick(['map', 'filter', 'find'])}(${pick(['a', 'x', 'x, y'])} => ${expr(d)})`,
    (d) => `${pick(['a', 'b', '$t'])}.${pick(['a', 'b'])} ${pick(ASSIGNS)} ${expr(d)}`,
    () => `${pick(['a', 'b', '$t', "'abc'"])}[${below(3) - 1}]`,
    (d) => `try(${expr(d)}, ${expr(d)})`,
  ];
  const expr = (depth: number): string =>
    depth === 0 || below(4) === 0 ? pick(ATOMS) : (forms[below(forms.length)] as (typeof forms)[number])(depth - 1);
  return Array.from({ length: 1 + below(4) }, () => expr(4)).join('; ');
}
