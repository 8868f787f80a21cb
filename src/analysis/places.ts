/** What stands at a place of a script. */
import type { CallExpr, ChainExpr, Expr, Link, MethodLink, Node, Script } from '../ast/nodes.ts';
import { children } from '../ast/visitor.ts';

/** The nodes around an offset, outermost first. At a border, what ends there counts as well as what starts there, if nothing does. */
export function pathAt(script: Script, offset: number): Node[] {
  const path: Node[] = [script];
  for (let node: Node | undefined = script; node !== undefined; ) {
    const below: readonly Node[] = children(node);
    const next: Node | undefined =
      below.find(({ start, end }) => start <= offset && offset < end) ??
      below.findLast(({ start, end }) => start <= offset && offset === end);
    if (next !== undefined) path.push(next);
    node = next;
  }
  return path;
}

/** What stands before a link of a chain; null for the root. */
export function before(chain: ChainExpr, link: Link): Node | null {
  const at = chain.links.indexOf(link);
  return at > 0 ? (chain.links[at - 1] as Link) : chain.base;
}

export interface CallAt {
  readonly call: CallExpr | MethodLink;
  /** The chain of a method. */
  readonly chain: ChainExpr | null;
  /** Which argument the place lies in, from 0. */
  readonly index: number;
}

/** The innermost call whose parentheses an offset lies in. */
export function callAt(script: Script, offset: number, source: string): CallAt | null {
  const path = pathAt(script, offset);
  for (let i = path.length - 1; i >= 0; i--) {
    const node = path[i] as Node;
    if (node.kind !== 'CallExpr' && node.kind !== 'MethodLink') continue;
    const name = node.kind === 'CallExpr' ? node.callee : node.name;
    const open = source.indexOf('(', name.end);
    if (open < 0 || offset <= open || (offset >= node.end && source[node.end - 1] === ')')) continue;
    const parent = path[i - 1];
    return { call: node, chain: parent?.kind === 'ChainExpr' ? parent : null, index: argumentAt(node.args, offset, source) };
  }
  return null;
}

/** How many arguments end, with a comma behind them, before an offset. */
function argumentAt(args: readonly Expr[], offset: number, source: string): number {
  let index = 0;
  for (const { end } of args) {
    const comma = source.indexOf(',', end);
    if (comma < 0 || comma >= offset) break;
    index++;
  }
  return index;
}
