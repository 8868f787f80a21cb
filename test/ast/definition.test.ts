import { expect, test } from 'vitest';
import { closureDefinition } from '../../grammar/v1/definition.ts';

const lines = (...parts: string[]): string => parts.join('\n');

test.each([
  ['|x|x+1', '|x| x + 1'],
  ['||{}', '|| {}'],
  ['||[1]', '|| [1]'],
  ['||[1,2]', lines('|| [', '\t1,', '\t2,', ']')],
  ['||{a:}', '|| {a: }'],
  ['||{a:1,b:{c:2}}', lines('|| {', '\ta: 1,', '\tb: {c: 2},', '}')],
  ['||f([1,2],|x|{x;})', lines('|| f([', '\t1,', '\t2,', '], |x| {', '\tx;', '})')],
  ['||{if(a){b}else if(c)d else{e};1}', lines('|| {', '\tif (a) {', '\t\tb;', '\t} else if (c) d else {', '\t\te;', '\t};', '\t1;', '}')],
  ['|| for(x,i in y)z', '|| for (x, i in y) z'],
  ['||return 1,2,NO_IDS', '|| return 1, 2, NO_IDS'],
  ["||.a..b[1:2:3]=x?`a{ b+1 }`:'it''s'", "|| .a..b[1:2:3] = x ? `a{ b+1 }` : 'it''s'"],
  ['||E{||T{a:1,b:2}}', lines('|| E{|| T{', '\ta: 1,', '\tb: 2,', '}}')],
  ['||{/* gone */ !!a && -b << /r/i; // gone\n}', lines('|| {', '\t!!a && -b << /r/i;', '}')],
  ['||&{a:[(x)]}', '|| &{a: [(x)]}'],
  [`|a|a?${'b'.repeat(32)}:c`, `|a| a ? ${'b'.repeat(32)} : c`],
  [`|a|{x=a?${'b'.repeat(33)}:c}`, lines('|a| {', '\tx = a', `\t\t? ${'b'.repeat(33)}`, '\t\t: c;', '}')],
  ['|a|a?{a:1,b:2}:cccccccccccccccccccccccccc', lines('|a| a', '\t? {', '\t\ta: 1,', '\t\tb: 2,', '\t}', '\t: cccccccccccccccccccccccccc')],
])('%s', (source, wanted) => {
  expect(closureDefinition(source)).toBe(wanted);
});

test('laying out what was laid out changes nothing', () => {
  const source =
    '|a,b|{x={a:1,b:[1,2,|y|{y;}]};for(i in x)if(i)continue;x.map(|k,v|[k,v])[0]+=f(1,{q:2,r:3});a?bbbbbbbbbbbbbbbbbbbb:c?dddddddddddddddddddddddddddddddddd:eeeeeeeee;}';
  const once = closureDefinition(source);
  expect(closureDefinition(once)).toBe(once);
});
