/**
 * The fixed layout in which the text of a closure is told by `str(...)` and the info of procedures: a tab a level, things and arrays of two and more items
 * and all blocks over several lines, a conditional of more than 40 characters over three, everything else on one line, however long. Comments are left out.
 */
import type * as ast from './nodes.ts';
import { accept, type Visitor } from './visitor.ts';

/** Lays out a node. `source` is the text that the tree was made from: template strings are told as they were written. */
export function definition(node: ast.Node, source: string, depth = 0): string {
  return new Layout(source, depth).text(node);
}

/** A longer conditional gets a line for each of its three parts. */
const MAX_TERNARY = 40;

class Layout {
  private readonly source: string;
  private depth: number;

  constructor(source: string, depth: number) {
    this.depth = depth;
    this.source = source;
  }

  readonly text = (node: ast.Node): string => accept(node, this.visitor);

  private all(nodes: readonly ast.Node[]): string {
    return nodes.map(this.text).join(', ');
  }

  /** A line for each node, with `end` behind it, between brackets. */
  private lines(open: string, nodes: readonly ast.Node[], end: string, close: string): string {
    const outer = `\n${'\t'.repeat(this.depth)}`;
    this.depth++;
    const inner = `\n${'\t'.repeat(this.depth)}`;
    const body = nodes.map((node) => `${inner}${this.text(node)}${end}`).join('');
    this.depth--;
    return `${open}${body}${outer}${close}`;
  }

  private items(open: string, nodes: readonly ast.Node[], close: string): string {
    return nodes.length < 2 ? `${open}${this.all(nodes)}${close}` : this.lines(open, nodes, ',', close);
  }

  private fields(open: string, fields: readonly ast.Field[]): string {
    const [only] = fields;
    if (fields.length === 1 && only?.value === null) return `${open}${only.name.name}: }`;
    return this.items(open, fields, '}');
  }

  private assigned(assign: { readonly op: string; readonly value: ast.Expr } | null): string {
    return assign === null ? '' : ` ${assign.op} ${this.text(assign.value)}`;
  }

  private slice(node: ast.SliceLink): string {
    const part = (expr: ast.Expr | null): string => (expr === null ? '' : this.text(expr));
    const second = node.colons > 1 ? `:${part(node.step)}` : '';
    return `[${part(node.from)}:${part(node.to)}${second}]${this.assigned(node.assign)}`;
  }

  private ternary(node: ast.TernaryExpr): string {
    const test = this.text(node.test);
    const line = `${test} ? ${this.text(node.then)} : ${this.text(node.else)}`;
    if (line.length <= MAX_TERNARY) return line;
    this.depth++;
    const start = `\n${'\t'.repeat(this.depth)}`;
    const lines = `${test}${start}? ${this.text(node.then)}${start}: ${this.text(node.else)}`;
    this.depth--;
    return lines;
  }

  private readonly visitor: Visitor<string> = {
    Script: (node) => node.body.map((statement) => `${this.text(statement)};`).join('\n'),
    NilLiteral: () => 'nil',
    BoolLiteral: ({ value }) => (value ? 'true' : 'false'),
    IntLiteral: ({ raw }) => raw,
    FloatLiteral: ({ raw }) => raw,
    StringLiteral: ({ raw }) => raw,
    RegexLiteral: ({ raw }) => raw,
    TemplateText: ({ raw }) => raw,
    TemplateLiteral: ({ start, end }) => this.source.slice(start, end),
    Name: ({ name }) => name,
    Ident: ({ name }) => name,
    ArrayLiteral: ({ items }) => this.items('[', items, ']'),
    Field: ({ name, value }) => (value === null ? `${name.name}:` : `${name.name}: ${this.text(value)}`),
    ThingLiteral: ({ fields }) => this.fields('{', fields),
    AnoLiteral: ({ fields }) => this.fields('&{', fields),
    ClosureLiteral: ({ params, body }) => `|${this.all(params)}| ${this.text(body)}`,
    InstanceLiteral: ({ type, fields }) => this.fields(`${type.name}{`, fields),
    EnumMember: ({ type, member }) => `${type.name}{${this.text(member)}}`,
    CallExpr: ({ callee, args, trailing }) => `${callee.name}(${this.all(args)}${trailing === true ? ',' : ''})`,
    AssignExpr: ({ target, op, value }) => `${target.name} ${op} ${this.text(value)}`,
    PropertyLink: (node) => `${dot(node)}${node.name.name}${this.assigned(node.assign)}`,
    MethodLink: (node) => `${dot(node)}${node.name.name}(${this.all(node.args)}${node.trailing === true ? ',' : ''})`,
    IndexLink: ({ index, assign }) => `[${this.text(index)}]${this.assigned(assign)}`,
    SliceLink: (node) => this.slice(node),
    ChainExpr: ({ base, links }) => `${base === null ? '' : this.text(base)}${links.map(this.text).join('')}`,
    UnaryExpr: ({ ops, operand }) => ops.join('') + this.text(operand),
    BinaryExpr: ({ op, left, right }) => `${this.text(left)} ${op} ${this.text(right)}`,
    LogicalExpr: ({ op, left, right }) => `${this.text(left)} ${op} ${this.text(right)}`,
    TernaryExpr: (node) => this.ternary(node),
    ParenExpr: ({ expr }) => `(${this.text(expr)})`,
    BlockExpr: ({ body }) => this.lines('{', body, ';', '}'),
    IfExpr: (node) => `if (${this.text(node.test)}) ${this.text(node.then)}${node.else === null ? '' : ` else ${this.text(node.else)}`}`,
    ForExpr: ({ vars, iterable, body }) => `for (${this.all(vars)} in ${this.text(iterable)}) ${this.text(body)}`,
    ReturnExpr: ({ value, deep, flags }) => {
      const values = [value, deep, flags].filter((expr) => expr !== null);
      return values.length === 0 ? 'return' : `return ${this.all(values)}`;
    },
    BreakExpr: () => 'break',
    ContinueExpr: () => 'continue',
    TempName: ({ name }) => `$${name}`,
    TempAssign: ({ target, op, value }) => `$${target.name} ${op} ${this.text(value)}`,
    ArrowLiteral: ({ params, body }) => `${this.all(params)} => ${this.text(body)}`,
    IntDivExpr: ({ left, right }) => `${this.text(left)} // ${this.text(right)}`,
    ErrorExpr: ({ start, end }) => this.source.slice(start, end),
  };
}

const dot = ({ optional }: { readonly optional: boolean }): string => (optional ? '..' : '.');
