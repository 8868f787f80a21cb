/**
 * Ways through the syntax tree. All are derived from the union in `nodes.ts`: a node kind that is not handled here does not compile.
 *
 * Nothing here recurses, so a tree of any depth can be walked.
 */
import type { Node } from './nodes.ts';

export type Kind = Node['kind'];
export type NodeOf<K extends Kind> = Extract<Node, { readonly kind: K }>;

/** One function for each kind of node. */
export type Visitor<R> = { readonly [K in Kind]: (node: NodeOf<K>) => R };

/** Calls the function for the kind of `node`. */
export function accept<R>(node: Node, visitor: Visitor<R>): R {
  return (visitor[node.kind] as (node: Node) => R)(node);
}

const NONE: readonly Node[] = [];
const leaf = (): readonly Node[] => NONE;
const present = (...nodes: readonly (Node | null)[]): readonly Node[] => nodes.filter((node) => node !== null);

const childrenOf: Visitor<readonly Node[]> = {
  Script: (node) => node.body,
  NilLiteral: leaf,
  BoolLiteral: leaf,
  IntLiteral: leaf,
  FloatLiteral: leaf,
  StringLiteral: leaf,
  RegexLiteral: leaf,
  TemplateText: leaf,
  Name: leaf,
  Ident: leaf,
  BreakExpr: leaf,
  ContinueExpr: leaf,
  ErrorExpr: leaf,
  TempName: leaf,
  TempAssign: (node) => [node.target, node.value],
  ArrowLiteral: (node) => [...node.params, node.body],
  IntDivExpr: (node) => [node.left, node.right],
  TemplateLiteral: (node) => node.parts,
  ArrayLiteral: (node) => node.items,
  Field: (node) => present(node.name, node.value),
  ThingLiteral: (node) => node.fields,
  AnoLiteral: (node) => node.fields,
  ClosureLiteral: (node) => [...node.params, node.body],
  InstanceLiteral: (node) => [node.type, ...node.fields],
  EnumMember: (node) => [node.type, node.member],
  CallExpr: (node) => [node.callee, ...node.args],
  AssignExpr: (node) => [node.target, node.value],
  PropertyLink: (node) => present(node.name, node.assign?.value ?? null),
  MethodLink: (node) => [node.name, ...node.args],
  IndexLink: (node) => present(node.index, node.assign?.value ?? null),
  SliceLink: (node) => present(node.from, node.to, node.step, node.assign?.value ?? null),
  ChainExpr: (node) => (node.base === null ? node.links : [node.base, ...node.links]),
  UnaryExpr: (node) => [node.operand],
  BinaryExpr: (node) => [node.left, node.right],
  LogicalExpr: (node) => [node.left, node.right],
  TernaryExpr: (node) => [node.test, node.then, node.else],
  ParenExpr: (node) => [node.expr],
  BlockExpr: (node) => node.body,
  IfExpr: (node) => present(node.test, node.then, node.else),
  ForExpr: (node) => [...node.vars, node.iterable, node.body],
  ReturnExpr: (node) => present(node.value, node.deep, node.flags),
};

/** The nodes directly below a node, in the order of the source. */
export const children = (node: Node): readonly Node[] => accept(node, childrenOf);

export interface WalkHooks {
  /** Called before the nodes below; `false` leaves those out. */
  readonly enter?: (node: Node, parent: Node | null) => boolean | undefined;
  /** Called after the nodes below. */
  readonly leave?: (node: Node, parent: Node | null) => void;
}

/** Visits a node and all below it, depth first, in the order of the source. */
export function walk(root: Node, hooks: WalkHooks): void {
  // The nodes on the way to the place, those below each, and which of them comes next: side by side, as most nodes have nothing below.
  const nodes: Node[] = [];
  const belows: (readonly Node[])[] = [];
  const nexts: number[] = [];
  const open = (node: Node): void => {
    const parent = nodes.at(-1) ?? null;
    const below = hooks.enter?.(node, parent) === false ? NONE : children(node);
    if (below.length === 0) {
      hooks.leave?.(node, parent);
      return;
    }
    nodes.push(node);
    belows.push(below);
    nexts.push(0);
  };
  open(root);
  while (nodes.length > 0) {
    const top = nodes.length - 1;
    const next = nexts[top] as number;
    const child = (belows[top] as readonly Node[])[next];
    if (child !== undefined) {
      nexts[top] = next + 1;
      open(child);
      continue;
    }
    const node = nodes.pop() as Node;
    belows.pop();
    nexts.pop();
    hooks.leave?.(node, nodes.at(-1) ?? null);
  }
}
