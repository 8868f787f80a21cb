/** Trees as short texts, for tests to compare: `(+ 1 (* 2 3))`. */
import { parse } from '../../grammar/v1/parser.ts';
import type { Expr, Field, Link, Node } from '../../src/ast/nodes.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';

const list = (head: string, items: readonly (Node | null)[]): string =>
  `(${[head, ...items.map((item) => (item === null ? '_' : shapeOf(item)))].join(' ')})`;

const fields = (head: string, all: readonly Field[]): string =>
  `(${[head, ...all.map((field) => `${field.name.name}:${field.value === null ? '' : shapeOf(field.value)}`)].join(' ')})`;

function linkShape(link: Link): string {
  const assign = 'assign' in link && link.assign !== null ? ` ${link.assign.op} ${shapeOf(link.assign.value)}` : '';
  switch (link.kind) {
    case 'PropertyLink':
      return `${link.optional ? '..' : '.'}${link.name.name}${assign}`;
    case 'MethodLink':
      return list(`${link.optional ? '..' : '.'}${link.name.name}`, link.args);
    case 'IndexLink':
      return `[${shapeOf(link.index)}]${assign}`;
    default: {
      const [from, to, step] = [link.from, link.to, link.step].map((part) => (part === null ? '' : shapeOf(part)));
      return `[${[from, to, step].slice(0, link.colons + 1).join(':')}]${assign}`;
    }
  }
}

/** The shape of a node. */
export function shapeOf(node: Node): string {
  switch (node.kind) {
    case 'Script':
      return node.body.map(shapeOf).join(' ; ');
    case 'NilLiteral':
      return 'nil';
    case 'BoolLiteral':
      return String(node.value);
    case 'IntLiteral':
    case 'FloatLiteral':
    case 'StringLiteral':
    case 'RegexLiteral':
    case 'TemplateText':
      return node.raw;
    case 'Name':
    case 'Ident':
      return node.name;
    case 'TempName':
      return `$${node.name}`;
    case 'TempAssign':
      return list(`${node.op} $${node.target.name}`, [node.value]);
    case 'ArrowLiteral':
      return `(${node.params.map((param) => param.name).join(' ')} => ${shapeOf(node.body)})`;
    case 'IntDivExpr':
      return list('//', [node.left, node.right]);
    case 'TemplateLiteral':
      return list('template', node.parts);
    case 'ArrayLiteral':
      return list('array', node.items);
    case 'Field':
      return fields('field', [node]);
    case 'ThingLiteral':
      return fields('thing', node.fields);
    case 'AnoLiteral':
      return fields('ano', node.fields);
    case 'InstanceLiteral':
      return fields(`instance ${node.type.name}`, node.fields);
    case 'EnumMember':
      return list(`enum ${node.type.name}`, [node.member]);
    case 'ClosureLiteral':
      return `(|${node.params.map((param) => param.name).join(' ')}| ${shapeOf(node.body)})`;
    case 'CallExpr':
      return list(`call ${node.callee.name}`, node.args);
    case 'AssignExpr':
      return list(`${node.op} ${node.target.name}`, [node.value]);
    case 'PropertyLink':
    case 'MethodLink':
    case 'IndexLink':
    case 'SliceLink':
      return linkShape(node);
    case 'ChainExpr':
      return `(chain ${[node.base === null ? 'root' : shapeOf(node.base), ...node.links.map(linkShape)].join(' ')})`;
    case 'UnaryExpr':
      return list(node.ops.join(''), [node.operand]);
    case 'BinaryExpr':
    case 'LogicalExpr':
      return list(node.op, [node.left, node.right]);
    case 'TernaryExpr':
      return list('?', [node.test, node.then, node.else]);
    case 'ParenExpr':
      return list('paren', [node.expr]);
    case 'BlockExpr':
      return list('block', node.body);
    case 'IfExpr':
      return list('if', [node.test, node.then, node.else]);
    case 'ForExpr':
      return list(`for ${node.vars.map((each) => each.name).join(' ')}`, [node.iterable, node.body]);
    case 'ReturnExpr':
      return list('return', [node.value, node.deep, node.flags]);
    case 'BreakExpr':
      return 'break';
    case 'ContinueExpr':
      return 'continue';
    case 'ErrorExpr':
      return 'error';
  }
}

/** The shape of a source text. */
export const shape = (source: string): string => shapeOf(parse(source));

/** The first statement of a source text. */
export function first(source: string): Expr {
  const [statement] = parse(source).body;
  if (statement === undefined) throw new Error('no statement');
  return statement;
}

/** The message of the syntax error in a source text, or `none`. */
export function problem(source: string): string {
  try {
    parse(source);
  } catch (error) {
    if (error instanceof TiError && error.code === ErrorCode.SYNTAX) return error.message;
    throw error;
  }
  return 'none';
}
