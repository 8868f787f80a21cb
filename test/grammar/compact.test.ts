import { describe, expect, test } from 'vitest';
import { compactClosure } from '../../grammar/v1/compact.ts';
import { parse } from '../../grammar/v1/parser.ts';
import type { Node } from '../../src/ast/nodes.ts';
import { walk } from '../../src/ast/visitor.ts';
import { caseSources } from '../cases.ts';
import { shape } from './shape.ts';

describe('the normalised text of a closure', () => {
  test.each([
    ['|x|   x  +  1', '|x|x+1'],
    ['|a , b| { a ;  b ; }', '|a,b|{a;b;}'],
    ['|a,b,| {a; b}', '|a,b,|{a;b}'],
    ['|| /* comment */ 5 // more', '||5'],
    ['| | 5', '||5'],
    ['|x| if  ( x )  1  else  2', '|x|if(x)1 else 2'],
    ['|x| if(x)1 else(2)', '|x|if(x)1 else(2)'],
    ['|x| if(x){1}else{2}', '|x|if(x){1}else{2}'],
    ['|x| if (x) { 1; } else { 2; }', '|x|if(x){1;} else {2;}'],
    ['|l| for(i in[1])i', '|l|for(i in[1])i'],
    ['|l| for(i\nin\nl)\ni', '|l|for(i in l)i'],
    ['|x| return{x}', '|x|return{x}'],
    ['|x| return\nx', '|x|return x'],
    ['|x| x . return + 1', '|x|x.return+1'],
    ['|x, y| x && y || ! x', '|x,y|x&&y||!x'],
    ['|x| - x + - 1', '|x|-x+-1'],
    ['|x| ! ! x', '|x|! !x'],
    ['|x| ~ x << 2', '|x|~x<<2'],
    ['|x| x [ 1 : 2 ] . len ( )', '|x|x[1:2].len()'],
    ['|x| x .. y', '|x|x..y'],
    ['|x| x += 5', '|x|x+=5'],
    ['|x| `a {x}  b {{c}}`', '|x|`a {x}  b {{c}}`'],
    ['|x| ` { x + 1 } `', '|x|` {x+1} `'],
    ["|| 'it''s // no comment'", "||'it''s // no comment'"],
    ['|x| /a  b/i.test(x)', '|x|/a  b/i.test(x)'],
    ['|x| { a ;; b }', '|x|{a;;b}'],
    ['|x| X { a : 1 , }', '|x|X{a:1,}'],
    ['|x| x & { a ; }', '|x|x&{a;}'],
  ])('%s', (source, compact) => {
    expect(compactClosure(source)).toBe(compact);
    expect(compactClosure(compact)).toBe(compact);
  });

  test.each([
    ['|x| x | |y| y', '|x|x| |y|y'],
    ['|x| x || |y| y', '|x|x|||y|y'],
    ['|x| |y| y', '|x||y|y'],
    ['|x| x & &{a: 1}', '|x|x& &{a:1}'],
    ['|x| x / /re/', '|x|x/ /re/'],
    ['|x| 5 .abs()', '|x|5 .abs()'],
    ['|x| inf .a', '|x|inf .a'],
    ['|x| inf.a', '|x|inf.a'],
    ['|x|return/* c */x', '|x|return x'],
    ['|x|if(x)1/* c */else/* d */2', '|x|if(x)1 else 2'],
  ])('%s keeps a space that its meaning needs', (source, compact) => {
    expect(compactClosure(source)).toBe(compact);
    expect(shape(compact)).toBe(shape(source));
  });

  test('of every closure in the cases means the same', () => {
    const closures = new Set<string>();
    for (const source of caseSources()) {
      let script: Node;
      try {
        script = parse(source);
      } catch {
        continue;
      }
      walk(script, {
        enter(node) {
          if (node.kind === 'ClosureLiteral') closures.add(source.slice(node.start, node.end));
          return undefined;
        },
      });
    }
    expect(closures.size).toBeGreaterThan(3000);
    // The sign of a number may become a part of it: `- 1` is stored as `-1`.
    const same = (source: string): string => shape(source.replace(/- (?=\d)/g, '-'));
    for (const source of closures) expect(same(compactClosure(source)), source).toBe(same(source));
  });
});
