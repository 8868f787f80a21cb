/**
 * Lists, sets and things that are changed while something goes through them, or while the arguments of another change of them are evaluated: that fails.
 * Only what the text says by one name at both places is told: a variable, or a property by the same way from the root or from a variable.
 */
import type { ChainExpr, ClosureLiteral, Expr, Ident, Link, MethodLink, Node } from '../ast/nodes.ts';
import { children, walk } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';
import type { Row } from '../builtins/row.ts';
import { CATCHES } from './call.ts';
import type { Context } from './context.ts';

/** What is in use, each by the names that lead to it; the first is that of a variable, and empty for the root. */
type Used = readonly (readonly string[])[];

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((name, i) => name === b[i]);
const leadsTo = (a: readonly string[], b: readonly string[]): boolean => a.length <= b.length && a.every((name, i) => name === b[i]);

/** The names that lead to what a chain begins with. */
function start({ base }: ChainExpr): readonly string[] | null {
  return base === null ? [''] : pathOf(base);
}

/** The names that lead to a value; null for one that no names lead to. */
function pathOf(expr: Expr): readonly string[] | null {
  if (expr.kind === 'Name') return [expr.name];
  if (expr.kind === 'ParenExpr') return pathOf(expr.expr);
  if (expr.kind !== 'ChainExpr') return null;
  let path = start(expr);
  for (const link of expr.links) path = behind(path, link);
  return path !== null && path.length === 1 && path[0] === '' ? null : path;
}

const behind = (path: readonly string[] | null, link: Link): readonly string[] | null =>
  path !== null && link.kind === 'PropertyLink' && link.assign === null ? [...path, link.name.name] : null;

/** Whether something in a body may make the names lead to something else. */
function isRebound(path: readonly string[], body: Node): boolean {
  let found = false;
  const variable = ({ name }: Ident): boolean => name === path[0];
  walk(body, {
    enter(node) {
      if (node.kind === 'AssignExpr') found ||= variable(node.target);
      else if (node.kind === 'ForExpr') found ||= node.vars.some(variable);
      else if (node.kind === 'ChainExpr') {
        let at = start(node);
        for (const link of node.links) {
          if (at !== null && link.kind === 'PropertyLink' && link.assign !== null) found ||= leadsTo([...at, link.name.name], path);
          // What is above may change as a whole.
          else if (at !== null && link.kind === 'MethodLink' && at.length < path.length && leadsTo(at, path)) found = true;
          at = behind(at, link);
        }
      }
      return !found;
    },
  });
  return found;
}

const bindsOne = (closure: ClosureLiteral, [first]: readonly string[]): boolean => closure.params.some(({ name }) => name === first);

export class InUse {
  private readonly cx: Context;

  constructor(cx: Context) {
    this.cx = cx;
  }

  /** Tells what is found in statements. */
  tell(body: readonly Expr[]): void {
    for (const each of body) this.visit(each, []);
  }

  private visit(node: Node, used: Used): void {
    switch (node.kind) {
      case 'ClosureLiteral':
        // Who calls it, and when, is not known.
        this.visit(node.body, []);
        break;
      case 'ForExpr': {
        const path = pathOf(node.iterable);
        this.visit(node.iterable, used);
        // The variables of the loop are its own.
        const kept = used.filter(([first]) => !node.vars.some(({ name }) => name === first));
        this.visitBody(node.body, kept, node.vars.some(({ name }) => name === path?.[0]) ? null : path);
        break;
      }
      case 'ChainExpr':
        this.chain(node, used);
        break;
      case 'CallExpr':
        // What is tried may fail.
        for (const arg of CATCHES.has(node.callee.name) ? node.args.slice(1) : node.args) this.visit(arg, used);
        break;
      default:
        for (const child of children(node)) this.visit(child, used);
    }
  }

  /** A body that runs while one more is in use: what was before, it makes no names lead to something else already. */
  private visitBody(body: Node, used: Used, path: readonly string[] | null): void {
    this.visit(body, path === null || isRebound(path, body) ? used : [...used, path]);
  }

  private chain(chain: ChainExpr, used: Used): void {
    let path = start(chain);
    let on: Node | null = chain.base;
    if (chain.base !== null) this.visit(chain.base, used);
    for (const link of chain.links) {
      const isUsed = path !== null && used.some((each) => isSame(each, path as readonly string[]));
      if (link.kind === 'MethodLink') this.method(link, path, this.rows(link, on), isUsed, used);
      else {
        for (const child of children(link)) this.visit(child, used);
        if (isUsed && link.assign !== null) this.report(link.kind === 'PropertyLink' ? link.name : link, path as readonly string[]);
      }
      path = behind(path, link);
      on = link;
    }
  }

  /** The built-ins that a method may be. */
  private rows({ name }: MethodLink, on: Node | null): readonly Row[] {
    const mask = on === null ? undefined : this.cx.types.get(on)?.mask;
    const { builtins } = library.methodTable(name.name);
    return builtins.filter(({ receiver }) => mask === undefined || (receiver & mask) !== 0).map(({ row }) => row);
  }

  private method({ name, args }: MethodLink, path: readonly string[] | null, rows: readonly Row[], isUsed: boolean, used: Used): void {
    const changes = rows.length > 0 && rows.every((row) => row.receiver !== undefined && 'locks' in row && row.locks === true);
    if (changes && isUsed) this.report(name, path as readonly string[]);
    for (const [i, arg] of args.entries()) {
      if (arg.kind !== 'ClosureLiteral') this.visit(arg, changes && path !== null ? [...used, path] : used);
      else if (rows.length > 0 && rows.every((row) => goesThrough(row, i))) {
        const kept = used.filter((each) => !bindsOne(arg, each));
        this.visitBody(arg.body, kept, path !== null && bindsOne(arg, path) ? null : path);
      } else this.visit(arg, used);
    }
  }

  private report(at: Node, path: readonly string[]): void {
    const name = path.join('.');
    this.cx.report('change-in-use', at, `\`${name}\` is changed while it is in use`, {
      reason: 'what is gone through, or being changed, cannot be changed meanwhile: go through a copy',
    });
  }
}

/** Methods that take a closure for each item, or something else. */
const MAY_GO_THROUGH = new Set(['count', 'remove', 'sum']);

/** Whether a method calls a closure that it is given for each of the items of what it is called on. */
const goesThrough = (row: Row, index: number): boolean =>
  row.params[index]?.takes !== undefined || (index === 0 && MAY_GO_THROUGH.has(row.name));
