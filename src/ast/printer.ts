/**
 * From tree to text. The text of a tree that a parser made parses to the same tree again; it has comments and empty lines where the source had them.
 */
import { CommentQueue } from './comments.ts';
import { concat, type Doc, forceBreak, group, hardLine, indent, isHard, join, layout, line, softLine } from './doc.ts';
import type * as ast from './nodes.ts';
import { bindingPower } from './precedence.ts';
import { accept, children, type Visitor } from './visitor.ts';

export interface PrintOptions {
  /** The text that the tree was made from: needed to keep empty lines, and comments on their lines. */
  readonly source?: string;
  /** The length of a line, in bytes, that the printer tries to keep to. */
  readonly width?: number;
}

const WIDTH = 100;

/** Prints a script, one statement a line, or a single node. */
export function print(node: ast.Node, options: PrintOptions = {}): string {
  const comments = node.kind === 'Script' ? node.comments : [];
  const printer = new Printer(new CommentQueue(comments, options.source ?? ''));
  const text = layout(printer.node(node), options.width ?? WIDTH);
  return node.kind === 'Script' && text !== '' ? `${text.trimEnd()}\n` : text;
}

type Operation = ast.BinaryExpr | ast.LogicalExpr | ast.IntDivExpr;
const isOperation = (node: ast.Expr): node is Operation =>
  node.kind === 'BinaryExpr' || node.kind === 'LogicalExpr' || node.kind === 'IntDivExpr';
const operatorOf = (node: Operation): string => (node.kind === 'IntDivExpr' ? '//' : node.op);

/** Values that break inside of their own brackets, so that they may follow something on its line. */
const hugging = new Set<ast.Node['kind']>(['ThingLiteral', 'AnoLiteral', 'InstanceLiteral', 'ArrayLiteral', 'BlockExpr', 'ClosureLiteral']);
/** A chain with this many calls has one a line when it is too long for one line. */
const MANY_CALLS = 3;

const MANY_ARGS = 4;

/** As many values that are written out share lines. */
const MANY_ITEMS = 8;
/** A value that is longer has a line of its own. */
const MAX_SHORT = 16;

const isShort = (node: ast.Node): boolean =>
  (node.kind === 'IntLiteral' || node.kind === 'FloatLiteral' || node.kind === 'StringLiteral') && node.raw.length <= MAX_SHORT;

/** A name, a literal or a property: short, and on one line. */
const isSimple = (node: ast.Expr): boolean =>
  node.kind === 'ChainExpr'
    ? (node.base === null || isSimple(node.base)) && node.links.every((link) => link.kind === 'PropertyLink' && link.assign === null)
    : children(node).length === 0;

/** Whether a call has a closure whose body may have a line of its own. */
const callsWithLine = (link: ast.Link): boolean =>
  link.kind === 'MethodLink' &&
  link.args.some((arg) => arg.kind === 'ClosureLiteral' && !hugging.has(arg.body.kind) && !isSimple(arg.body));

/** Longer ones than this are no beginning of a line. */
const MAX_OPENING = 40;

/** Whether a node is a short call at the end of which a block opens, such as `.lines.each(|line| { ... })`. */
function opensAtEnd(node: ast.Expr): boolean {
  const call = node.kind === 'ChainExpr' ? node.links.at(-1) : node;
  if (call?.kind !== 'CallExpr' && call?.kind !== 'MethodLink') return false;
  if (node.kind === 'ChainExpr' && !(node.base === null || isSimple(node.base))) return false;
  if (node.kind === 'ChainExpr' && node.links.slice(0, -1).some((link) => link.kind === 'MethodLink' && !link.args.every(isSimple)))
    return false;
  const last = call.args.at(-1);
  if (last?.kind !== 'ClosureLiteral' || last.body.kind !== 'BlockExpr' || !call.args.slice(0, -1).every(isSimple)) return false;
  return last.body.start - node.start <= MAX_OPENING;
}

/** Whether the text of a node starts with a brace. */
function startsWithBrace(node: ast.Expr): boolean {
  switch (node.kind) {
    case 'ThingLiteral':
    case 'BlockExpr':
      return true;
    case 'ChainExpr':
      return node.base !== null && startsWithBrace(node.base);
    case 'BinaryExpr':
    case 'LogicalExpr':
      return startsWithBrace(node.left);
    case 'TernaryExpr':
      return startsWithBrace(node.test);
    default:
      return false;
  }
}

/** Whether the text of a node starts with a digit. */
function startsWithDigit(node: ast.Expr): boolean {
  if (node.kind === 'ChainExpr' && node.base !== null) return startsWithDigit(node.base);
  return (node.kind === 'IntLiteral' || node.kind === 'FloatLiteral') && /^[0-9]/.test(node.raw);
}

class Printer {
  private readonly comments: CommentQueue;

  constructor(comments: CommentQueue) {
    this.comments = comments;
  }

  /** A node, with the comments before it. */
  readonly node = (node: ast.Node): Doc => {
    if (node.kind === 'Script') return this.script(node);
    const before = this.comments.before(node.start);
    const doc = accept(node, this.visitor);
    return before.length === 0 ? doc : concat([...before, doc]);
  };

  private script({ body, start, end }: ast.Script): Doc {
    const docs: Doc[] = [this.statements(body, start, end)];
    const last = body.at(-1)?.end ?? start;
    if (body.length > 0 && this.comments.pending(end)) {
      docs.push(hardLine);
      if (this.comments.blankLine(last, this.comments.nextStart(end))) docs.push(hardLine);
    }
    docs.push(...this.comments.above(last, end));
    return concat(docs);
  }

  /** Statements on lines of their own. */
  private statements(body: readonly ast.Expr[], start: number, end: number): Doc {
    const docs: Doc[] = [];
    let from = start;
    for (const [i, statement] of body.entries()) {
      const place = this.comments.nextStart(statement.start);
      if (i > 0) docs.push(hardLine);
      if (i > 0 && this.comments.blankLine(from, place)) docs.push(hardLine);
      docs.push(...this.comments.above(from, statement.start), this.node(statement), ';');
      const behind = this.comments.behind(statement.end, body[i + 1]?.start ?? end);
      docs.push(behind.doc);
      from = behind.end;
    }
    return concat(docs);
  }

  /** Items between brackets, on one line or each on its own; always the latter when `spread`. */
  private list(open: string, items: readonly ast.Node[], close: string, span: ast.Span, spread = false): Doc {
    const docs: Doc[] = [];
    let from = span.start;
    for (const [i, item] of items.entries()) {
      const comma = i < items.length - 1 ? ',' : '';
      const above = this.comments.above(from, item.start);
      const doc = this.node(item);
      const next = items[i + 1]?.start ?? span.end;
      const own = comma === '' ? { doc: '', end: item.end } : this.comments.beforeComma(item.end, next);
      const behind = this.comments.behind(own.end, next);
      docs.push(concat([...above, doc, own.doc, comma, behind.doc]));
      from = behind.end;
    }
    docs.push(...this.comments.atEnd(span.end));
    if (docs.length === 0) return open + close;
    if (items.length >= MANY_ITEMS && items.every(isShort) && !docs.some(isHard)) {
      // Each goes on in the line as long as it fits.
      const [first = '', ...others] = docs;
      return group(open, indent(softLine, first, ...others.map((doc) => group(line, doc))), softLine, close);
    }
    return group(open, indent(softLine, join(line, docs)), softLine, spread ? forceBreak : '', close);
  }

  /** Arguments. A last one with brackets of its own goes on in the line of the others. */
  private args(items: readonly ast.Expr[], span: ast.Span, trailing = false): Doc {
    const close = trailing ? ',)' : ')';
    const last = items.at(-1);
    const hugs = last !== undefined && hugging.has(last.kind) && items.length <= MANY_ARGS && items.slice(0, -1).every(isSimple);
    if (!hugs || this.comments.pending(last.start)) return this.list('(', items, close, span);
    return concat(['(', join(', ', items.map(this.node)), ...this.comments.inside(span.end), close]);
  }

  private fields(open: string, fields: readonly ast.Field[], span: ast.Span): Doc {
    const first = fields[0];
    const spread = first !== undefined && this.comments.lineBreak(span.start, this.comments.nextStart(first.start));
    return this.list(open, fields, '}', span, spread);
  }

  private block({ body, start, end }: ast.BlockExpr, whole: (docs: readonly Doc[]) => Doc = (docs) => group(...docs)): Doc {
    const first = body[0]?.start ?? end;
    const short = body.length === 1 && !this.comments.pending(end) && !this.comments.lineBreak(start, first);
    const statements = this.statements(body, start, end);
    if (short) return whole(['{', indent(line, statements), line, '}']);
    const rest = this.comments.atEnd(end).map((doc) => concat([hardLine, doc]));
    return concat(['{', indent(hardLine, statements, ...rest), hardLine, '}']);
  }

  /** A branch or body: a block goes on in the line, anything else may have a line of its own. */
  private branch(node: ast.Expr): Doc {
    const doc = this.node(node);
    return node.kind === 'BlockExpr' || node.kind === 'IfExpr' ? concat([' ', doc]) : group(indent(line, doc));
  }

  /** As `branch`; a block breaks with the group that it stands in. */
  private choice(node: ast.Expr): Doc {
    return node.kind === 'BlockExpr' ? concat([' ', ...this.comments.before(node.start), this.block(node, concat)]) : this.branch(node);
  }

  /** A condition with all that follow behind `else`: when one of its blocks has lines of its own, all have. */
  private conditional(node: ast.IfExpr): Doc {
    const docs: Doc[] = [];
    for (let rest = node; ; ) {
      docs.push('if (', group(indent(softLine, this.node(rest.test)), softLine), ')', this.choice(rest.then));
      const other = rest.else;
      if (other === null) return group(...docs);
      const comments = this.comments.trailing(other.start);
      docs.push(comments, rest.then.kind === 'BlockExpr' && !isHard(comments) ? ' ' : line, 'else');
      if (other.kind !== 'IfExpr') return group(...docs, this.choice(other));
      docs.push(' ', ...this.comments.before(other.start));
      rest = other;
    }
  }

  private returning(node: ast.ReturnExpr): Doc {
    const values = [node.value, node.deep, node.flags].filter((value) => value !== null);
    if (values.length === 0) return 'return';
    return concat(['return ', join(', ', values.map(this.node))]);
  }

  /** What follows an assignment operator. */
  private assigned(op: ast.AssignOp, value: ast.Expr): Doc {
    if (isOperation(value)) return group(` ${op}`, indent(line, ...this.comments.before(value.start), group(...this.operands(value))));
    const doc = this.node(value);
    const breaks = value.kind === 'TernaryExpr' || value.kind === 'StringLiteral' || value.kind === 'AssignExpr';
    return breaks ? group(` ${op}`, indent(line, doc)) : concat([` ${op} `, doc]);
  }

  private linkAssign(assign: { readonly op: ast.AssignOp; readonly value: ast.Expr } | null): Doc {
    return assign === null ? '' : this.assigned(assign.op, assign.value);
  }

  private operation(node: Operation): Doc {
    const [first = '', ...rest] = this.operands(node);
    return group(first, indent(...rest));
  }

  /** Operands with operators of one precedence between them, side by side. */
  private operands(node: Operation): Doc[] {
    const power = bindingPower(operatorOf(node));
    const spine: Operation[] = [node];
    let { left } = node;
    while (isOperation(left) && bindingPower(operatorOf(left)) === power) {
      spine.push(left);
      left = left.left;
    }
    const docs: Doc[] = [this.node(left)];
    for (const each of spine.reverse()) docs.push(` ${operatorOf(each)}`, line, this.node(each.right));
    return docs;
  }

  private ternary(node: ast.TernaryExpr): Doc {
    const docs: Doc[] = [this.node(node.test)];
    let rest: ast.Expr = node;
    while (rest.kind === 'TernaryExpr') {
      const then = indent(line, '? ', this.node(rest.then));
      const other: ast.Expr = rest.else;
      const more = other.kind === 'TernaryExpr' ? other.test : other;
      docs.push(then, indent(line, ': ', this.node(more)));
      rest = other;
    }
    return group(...docs);
  }

  private unary({ ops, operand }: ast.UnaryExpr): Doc {
    const doc = this.node(operand);
    // A digit behind a sign would make a literal of the two.
    const signed = (ops.at(-1) === '-' || ops.at(-1) === '+') && startsWithDigit(operand);
    return concat([ops.join(''), signed ? ' ' : '', doc]);
  }

  private chain({ base, links }: ast.ChainExpr): Doc {
    const number = base !== null && (base.kind === 'IntLiteral' || base.kind === 'FloatLiteral');
    const head: Doc[] = base === null ? [] : [this.node(base)];
    // A dot would become a part of the number.
    if (number && links[0]?.kind !== 'IndexLink' && links[0]?.kind !== 'SliceLink') head.push(' ');
    const calls = links.filter((link) => link.kind === 'MethodLink').length;
    if (calls < MANY_CALLS && !(calls > 1 && links.slice(0, -1).some(callsWithLine))) return concat([...head, ...links.map(this.node)]);
    const rest = links.map((link) => (link.kind === 'MethodLink' ? concat([softLine, this.node(link)]) : this.node(link)));
    return group(...head, indent(...rest));
  }

  private slice(node: ast.SliceLink): Doc {
    const parts: Doc[] = ['['];
    if (node.from !== null) parts.push(this.node(node.from));
    if (node.colons > 0) parts.push(':');
    if (node.to !== null) parts.push(this.node(node.to));
    if (node.colons > 1) parts.push(':');
    if (node.step !== null) parts.push(this.node(node.step));
    return concat([...parts, ']', this.linkAssign(node.assign)]);
  }

  private template({ parts }: ast.TemplateLiteral): Doc {
    const docs: Doc[] = ['`'];
    for (const part of parts) {
      if (part.kind === 'TemplateText') docs.push(part.raw);
      else {
        // Two braces in a row would be text.
        docs.push(startsWithBrace(part) ? '{ ' : '{', this.node(part), '}');
      }
    }
    return concat([...docs, '`']);
  }

  private closure({ params, body }: ast.ClosureLiteral): Doc {
    const head = concat(['|', join(', ', params.map(this.node)), '|']);
    const doc = this.node(body);
    return hugging.has(body.kind) || body.kind === 'IfExpr' || opensAtEnd(body) ? concat([head, ' ', doc]) : group(head, indent(line, doc));
  }

  private arrow({ params, body }: ast.ArrowLiteral): Doc {
    return concat([join(', ', params.map(this.node)), ' => ', this.node(body)]);
  }

  private readonly visitor: Visitor<Doc> = {
    Script: (node) => this.script(node),
    NilLiteral: () => 'nil',
    BoolLiteral: ({ value }) => (value ? 'true' : 'false'),
    IntLiteral: ({ raw }) => raw,
    FloatLiteral: ({ raw }) => raw,
    StringLiteral: ({ raw }) => raw,
    RegexLiteral: ({ raw }) => raw,
    TemplateText: ({ raw }) => raw,
    TemplateLiteral: (node) => this.template(node),
    Name: ({ name }) => name,
    Ident: ({ name }) => name,
    ArrayLiteral: (node) => this.list('[', node.items, ']', node),
    Field: ({ name, value }) => (value === null ? concat([this.node(name), ':']) : concat([this.node(name), ': ', this.node(value)])),
    ThingLiteral: (node) => this.fields('{', node.fields, node),
    AnoLiteral: (node) => this.fields('&{', node.fields, node),
    ClosureLiteral: (node) => this.closure(node),
    InstanceLiteral: (node) => concat([this.node(node.type), this.fields('{', node.fields, node)]),
    EnumMember: (node) => concat([this.node(node.type), '{', this.node(node.member), ...this.comments.inside(node.end), '}']),
    CallExpr: (node) => concat([this.node(node.callee), this.args(node.args, node, node.trailing)]),
    AssignExpr: (node) => concat([this.node(node.target), this.assigned(node.op, node.value)]),
    PropertyLink: (node) => concat([dot(node), this.node(node.name), this.linkAssign(node.assign)]),
    MethodLink: (node) => concat([dot(node), this.node(node.name), this.args(node.args, node, node.trailing)]),
    IndexLink: (node) => concat(['[', this.node(node.index), ']', this.linkAssign(node.assign)]),
    SliceLink: (node) => this.slice(node),
    ChainExpr: (node) => this.chain(node),
    UnaryExpr: (node) => this.unary(node),
    BinaryExpr: (node) => this.operation(node),
    LogicalExpr: (node) => this.operation(node),
    TernaryExpr: (node) => this.ternary(node),
    ParenExpr: (node) => group('(', indent(softLine, this.node(node.expr), ...this.comments.inside(node.end)), softLine, ')'),
    BlockExpr: (node) => this.block(node),
    IfExpr: (node) => this.conditional(node),
    ForExpr: (node) => this.loop(node),
    ReturnExpr: (node) => this.returning(node),
    BreakExpr: () => 'break',
    ContinueExpr: () => 'continue',
    TempName: ({ name }) => `$${name}`,
    TempAssign: (node) => concat(['$', node.target.name, this.assigned(node.op, node.value)]),
    ArrowLiteral: (node) => this.arrow(node),
    IntDivExpr: (node) => this.operation(node),
    ErrorExpr: () => '/* error */',
  };

  private loop({ vars, iterable, body }: ast.ForExpr): Doc {
    const head = concat(['for (', join(', ', vars.map(this.node)), ' in ', this.node(iterable), ')']);
    return concat([head, this.branch(body)]);
  }
}

const dot = ({ optional }: { readonly optional: boolean }): string => (optional ? '..' : '.');
