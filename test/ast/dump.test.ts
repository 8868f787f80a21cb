import { describe, expect, test } from 'vitest';
import { parse } from '../../grammar/v1/parser.ts';
import { dumpDot, dumpJson, dumpTree } from '../../src/ast/dump.ts';
import { children, walk } from '../../src/ast/visitor.ts';

const source = ".a[1:] = 'é' + 9223372036854775807; f(-inf, nan)";
const script = parse(Buffer.from(source, 'utf8').toString('latin1'));

describe('dumpJson', () => {
  test('is JSON with the fields of the nodes', () => {
    const json = JSON.parse(dumpJson(script)) as { body: { kind: string }[] };
    expect(json.body.map((node) => node.kind)).toEqual(['ChainExpr', 'CallExpr']);
    expect(dumpJson(script)).toContain('"value": "é"');
    expect(dumpJson(script)).toContain('"value": "9223372036854775807"');
    expect(dumpJson(script)).toContain('"value": "Infinity"');
    expect(dumpJson(script)).toContain('"value": "NaN"');
  });

  test('leaves spans out on request', () => {
    expect(dumpJson(parse('a'), { spans: false, indent: 0 })).toBe('{"kind":"Script","body":[{"kind":"Name","name":"a"}],"comments":[]}');
    expect(dumpJson(parse('a'), { indent: 0 })).toContain('{"kind":"Name","name":"a","start":0,"end":1}');
  });
});

test('dumpTree has a line for each node', () => {
  expect(dumpTree(parse('x += -a..b(1)[0]; `t{y}`'))).toBe(
    [
      'Script @0-24',
      '  AssignExpr += @0-16',
      '    Ident x @0-1',
      '    UnaryExpr - @5-16',
      '      ChainExpr @6-16',
      '        Name a @6-7',
      '        MethodLink .. @7-13',
      '          Ident b @9-10',
      '          IntLiteral 1 @11-12',
      '        IndexLink [] @13-16',
      '          IntLiteral 0 @14-15',
      '  TemplateLiteral @18-24',
      '    TemplateText t @19-20',
      '    Name y @21-22',
    ].join('\n'),
  );
  expect(dumpTree(parse("'a\nb'"), { spans: false })).toBe("Script\n  StringLiteral 'a\\nb'");
});

test('dumpDot has a node for each node and an edge for each child', () => {
  let nodes = 0;
  let edges = 0;
  walk(script, {
    enter(node) {
      nodes++;
      edges += children(node).length;
      return undefined;
    },
  });
  const dot = dumpDot(script);
  expect(dot.match(/\[label=/g)?.length).toBe(nodes);
  expect(dot.match(/->/g)?.length).toBe(edges);
  expect(dumpDot(parse('"a""b"'))).toContain('\\"a\\"\\"b\\"');
});
