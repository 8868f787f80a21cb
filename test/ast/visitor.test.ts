import { describe, expect, test } from 'vitest';
import { parse } from '../../grammar/v1/parser.ts';
import type { Node } from '../../src/ast/nodes.ts';
import { children, walk } from '../../src/ast/visitor.ts';
import { first } from '../grammar/shape.ts';

const kindsBelow = (source: string): string[] => children(first(source)).map((node) => node.kind);

describe('children', () => {
  test.each([
    ['a + b', ['Name', 'Name']],
    ['x = 1', ['Ident', 'IntLiteral']],
    ['f(1, a)', ['Ident', 'IntLiteral', 'Name']],
    ['|a, b| a', ['Ident', 'Ident', 'Name']],
    ['{a: 1, b:}', ['Field', 'Field']],
    ['A{a: 1}', ['Ident', 'Field']],
    ['A{B}', ['Ident', 'Ident']],
    ['A{|| b}', ['Ident', 'ClosureLiteral']],
    ['.a.b(1)[0][:]', ['PropertyLink', 'MethodLink', 'IndexLink', 'SliceLink']],
    ['a.b', ['Name', 'PropertyLink']],
    ['`a{b}`', ['TemplateText', 'Name']],
    ['a ? b : c', ['Name', 'Name', 'Name']],
    ['if (a) b', ['Name', 'Name']],
    ['for (a, b in c) d', ['Ident', 'Ident', 'Name', 'Name']],
    ['return a, 2', ['Name', 'IntLiteral']],
    ['!a', ['Name']],
    ['{ a; b; }', ['Name', 'Name']],
    ['5', []],
  ])('of %s', (source, kinds) => {
    expect(kindsBelow(source)).toEqual(kinds);
  });

  test('of links have assigned values', () => {
    for (const source of ['.a = 1', 'x[0] = 1', 'x[1:2:3] = 1']) {
      const kinds: string[] = [];
      walk(first(source), {
        enter(node) {
          kinds.push(node.kind);
          return undefined;
        },
      });
      expect(kinds.at(-1), source).toBe('IntLiteral');
    }
  });
});

describe('walk', () => {
  test('enters and leaves in the order of the source', () => {
    const events: string[] = [];
    walk(parse('a + f(b)'), {
      enter(node, parent) {
        events.push(`+${node.kind}${parent === null ? '' : ` in ${parent.kind}`}`);
        return undefined;
      },
      leave(node) {
        events.push(`-${node.kind}`);
      },
    });
    expect(events).toEqual([
      '+Script',
      '+BinaryExpr in Script',
      '+Name in BinaryExpr',
      '-Name',
      '+CallExpr in BinaryExpr',
      '+Ident in CallExpr',
      '-Ident',
      '+Name in CallExpr',
      '-Name',
      '-CallExpr',
      '-BinaryExpr',
      '-Script',
    ]);
  });

  test('leaves out what is below a node on request', () => {
    const names: string[] = [];
    walk(parse('a; |b| c; d'), {
      enter(node) {
        if (node.kind === 'Name') names.push(node.name);
        return node.kind !== 'ClosureLiteral';
      },
    });
    expect(names).toEqual(['a', 'd']);
  });

  test('does not recurse', () => {
    let tree: Node = first('1');
    for (let i = 0; i < 200_000; i++) tree = { kind: 'ParenExpr', expr: tree, start: 0, end: 0 } as Node;
    let count = 0;
    walk(tree, { leave: () => count++ });
    expect(count).toBe(200_001);
  });
});
