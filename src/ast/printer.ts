/**
 * From tree to text. The text of a tree that a parser made parses to the same tree again; it has comments and empty lines where the source had them.
 */
import { CommentQueue } from './comments.ts';
import { concat, type Doc, group, hardLine, indent, isHard, join, layout, line, softLine } from './doc.ts';
import type * as ast from './nodes.ts';
import { accept, type Visitor } from './visitor.ts';

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

const precedence = [['*', '/', '%'], ['+', '-'], ['<<', '>>'], ['&'], ['^'], ['|'], ['<', '>', '==', '!=', '<=', '>='], ['&&'], ['||']];
const levels = new Map(precedence.flatMap((ops, level) => ops.map((op) => [op, level])));

type Operation = ast.BinaryExpr | ast.LogicalExpr;
const isOperation = (node: ast.Expr): node is Operation => node.kind === 'BinaryExpr' || node.kind === 'LogicalExpr';

/** Values that break inside of their own brackets, so that they may follow something on its line. */
const hugging = new Set<ast.Node['kind']>(['ThingLiteral', 'AnoLiteral', 'InstanceLiteral', 'ArrayLiteral', 'BlockExpr', 'ClosureLiteral']);
/** A chain with this many calls has one a line when it is too long for one line. */
const MANY_CALLS = 3;

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

  private script(node: ast.Script): Doc {
    const body = this.statements(node.body, node.start, node.end);
    const { body: statements, end } = node;
    const rest = this.comments.above(statements.at(-1)?.end ?? node.start, end);
    return concat([body, ...(rest.length > 0 && statements.length > 0 ? [hardLine] : []), ...rest]);
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

  /** What stands between brackets: on their line, or each item on its own. */
  private list(open: string, items: readonly ast.Node[], close: string, start: number, end: number, spread = false): Doc {
    const docs: Doc[] = [];
    let from = start;
    for (const [i, item] of items.entries()) {
      const comma = i < items.length - 1 ? ',' : '';
      docs.push(concat([...this.comments.above(from, item.start), this.node(item), comma]));
      const behind = this.comments.behind(item.end, items[i + 1]?.start ?? end);
      docs.push(concat([docs.pop() as Doc, behind.doc]));
      from = behind.end;
    }
    const rest = this.comments.inside(end);
    if (rest.length > 0) docs.push(concat(rest));
    if (docs.length === 0) return `${open}${close}`;
    const body = join(line, docs);
    return group(open, indent(softLine, body), spread ? hardLine : softLine, close);
  }
}
