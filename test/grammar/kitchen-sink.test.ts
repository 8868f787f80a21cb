import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { format } from '../../grammar/v1/format.ts';
import { parse } from '../../grammar/v1/parser.ts';
import { type Kind, walk } from '../../src/ast/visitor.ts';
import { shape } from './shape.ts';

const source = readFileSync(new URL('./kitchen-sink.ti', import.meta.url), 'latin1');

test('has every kind of node that a parser makes of a right text', () => {
  const kinds = new Set<Kind>();
  walk(parse(source), {
    enter(node) {
      kinds.add(node.kind);
      return undefined;
    },
  });
  expect([...kinds].sort()).toMatchInlineSnapshot(`
    [
      "AnoLiteral",
      "ArrayLiteral",
      "AssignExpr",
      "BinaryExpr",
      "BlockExpr",
      "BoolLiteral",
      "BreakExpr",
      "CallExpr",
      "ChainExpr",
      "ClosureLiteral",
      "ContinueExpr",
      "EnumMember",
      "Field",
      "FloatLiteral",
      "ForExpr",
      "Ident",
      "IfExpr",
      "IndexLink",
      "InstanceLiteral",
      "IntLiteral",
      "LogicalExpr",
      "MethodLink",
      "Name",
      "NilLiteral",
      "ParenExpr",
      "PropertyLink",
      "RegexLiteral",
      "ReturnExpr",
      "Script",
      "SliceLink",
      "StringLiteral",
      "TemplateLiteral",
      "TemplateText",
      "TernaryExpr",
      "ThingLiteral",
      "UnaryExpr",
    ]
  `);
});

test('keeps its tree and its comments when it is formatted', () => {
  const text = format(source);
  expect(shape(text)).toBe(shape(source));
  expect(parse(text).comments.map((comment) => comment.text)).toEqual(parse(source).comments.map((comment) => comment.text));
  expect(format(text)).toBe(text);
});

test('has spans that lie within one another', () => {
  walk(parse(source), {
    enter(node, parent) {
      expect(node.end).toBeGreaterThanOrEqual(node.start);
      if (parent !== null) expect(node.start >= parent.start && node.end <= parent.end, `${node.kind} in ${parent.kind}`).toBe(true);
      if (node.kind === 'Ident' || node.kind === 'Name') expect(source.slice(node.start, node.end)).toBe(node.name);
      if ('raw' in node) expect(source.slice(node.start, node.end)).toBe(node.raw);
      return undefined;
    },
  });
});
