/** Dumps of syntax trees, for tools and for people. All give text for people (UTF-16), not byte strings. */
import type { Node } from './nodes.ts';
import { children, walk } from './visitor.ts';

const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** What of a node is no node itself: its literal, its operator, its name; empty when there is no such thing. */
export function nodeLabel(node: Node): string {
  switch (node.kind) {
    case 'BoolLiteral':
      return String(node.value);
    case 'IntLiteral':
    case 'FloatLiteral':
    case 'StringLiteral':
    case 'RegexLiteral':
    case 'TemplateText':
      return decode(node.raw);
    case 'Name':
    case 'Ident':
      return node.name;
    case 'BinaryExpr':
    case 'LogicalExpr':
    case 'AssignExpr':
      return node.op;
    case 'UnaryExpr':
      return node.ops.join('');
    case 'PropertyLink':
      return `${node.optional ? '..' : '.'}${node.assign === null ? '' : ` ${node.assign.op}`}`;
    case 'MethodLink':
      return node.optional ? '..' : '.';
    case 'IndexLink':
      return `[]${node.assign === null ? '' : ` ${node.assign.op}`}`;
    case 'SliceLink':
      return `[${':'.repeat(node.colons)}]${node.assign === null ? '' : ` ${node.assign.op}`}`;
    case 'ChainExpr':
      return node.base === null ? 'root' : '';
    default:
      return '';
  }
}

export interface DumpOptions {
  /** Whether to tell where nodes begin and end. True unless given. */
  readonly spans?: boolean;
  /** Spaces to indent JSON with; 0 for one line. 2 unless given. */
  readonly indent?: number;
}

/**
 * The tree as JSON, in the fields of `nodes.ts`. Ints beyond the safe integers and floats that JSON does not know are strings; spans count bytes of
 * the source.
 */
export function dumpJson(node: Node, options: DumpOptions = {}): string {
  const { spans = true, indent = 2 } = options;
  const replace = (key: string, value: unknown): unknown => {
    if (!spans && (key === 'start' || key === 'end')) return undefined;
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return typeof value === 'string' ? decode(value) : value;
  };
  return JSON.stringify(node, replace, indent);
}

/** The tree as indented lines: kind, label and span of each node. */
export function dumpTree(node: Node, options: DumpOptions = {}): string {
  const { spans = true } = options;
  const lines: string[] = [];
  let depth = 0;
  walk(node, {
    enter(each) {
      const text = nodeLabel(each);
      const span = spans ? ` @${each.start}-${each.end}` : '';
      lines.push(`${'  '.repeat(depth++)}${each.kind}${text === '' ? '' : ` ${JSON.stringify(text).slice(1, -1)}`}${span}`);
      return undefined;
    },
    leave() {
      depth--;
    },
  });
  return lines.join('\n');
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** The tree as a Graphviz digraph. */
export function dumpDot(node: Node): string {
  const ids = new Map<Node, number>();
  const lines = ['digraph ast {', '  node [shape=box, fontname="monospace"];'];
  walk(node, {
    enter(each) {
      ids.set(each, ids.size);
      const text = nodeLabel(each);
      lines.push(`  n${ids.get(each)} [label=${quoted(text === '' ? each.kind : `${each.kind}\n${text}`)}];`);
      return undefined;
    },
    leave(each) {
      for (const child of children(each)) lines.push(`  n${ids.get(each)} -> n${ids.get(child)};`);
    },
  });
  lines.push('}');
  return lines.join('\n');
}
