/**
 * In which order a script uses and defines types and enumerators. Only what happens for sure counts as a use: nothing in closures and branches, nor in what is
 * tried. Any definition counts, wherever it stands: it may have run before.
 */
import type { CallExpr, Expr, MethodLink, Node } from '../ast/nodes.ts';
import { children } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';
import { CATCHES } from './call.ts';
import { nameArgument } from './schema-script.ts';

export type OrderEvent =
  /** A type or enumerator that must be there. */
  | { readonly kind: 'use'; readonly name: string; readonly at: Node }
  /** `fresh`: only right when there was none of the name before. */
  | { readonly kind: 'define'; readonly name: string; readonly isSure: boolean; readonly fresh: boolean }
  /** The script tells that it may be there, or not be there, at several moments; of all names when that is null. */
  | { readonly kind: 'doubt'; readonly name: string | null }
  /** What runs from here on does not stand in the text, or may not be reached. */
  | { readonly kind: 'unknown' };

const DEFINERS = new Set(['new_type', 'set_type', 'set_enum']);
/** Functions that ask for a name, or take it away. */
const DOUBTING = new Set(['has_type', 'has_enum', 'del_type', 'del_enum', 'rename_type', 'rename_enum', 'types_info', 'enums_info']);
/** Functions that run or bring in what does not stand in the text. */
const FOREIGN = new Set(['run', 'import', 'restore']);

/** The type or enumerator that the definition of a field begins with. */
const NAME = /^[^\w/]*([A-Za-z_]\w*)/;

class OrderReader {
  readonly events: OrderEvent[] = [];

  visit(node: Node, isSure: boolean): void {
    switch (node.kind) {
      case 'ClosureLiteral':
        this.visit(node.body, false);
        return;
      case 'IfExpr':
      case 'TernaryExpr':
        this.visit(node.test, isSure);
        this.visit(node.then, false);
        if (node.else !== null) this.visit(node.else, false);
        return;
      case 'LogicalExpr':
        this.visit(node.left, isSure);
        this.visit(node.right, false);
        return;
      case 'ForExpr':
        this.visit(node.iterable, isSure);
        this.visit(node.body, false);
        return;
      case 'CallExpr':
        this.call(node, isSure);
        return;
    }
    for (const child of children(node)) this.visit(child, isSure);
    if (node.kind === 'InstanceLiteral' || node.kind === 'EnumMember') this.use(node.type.name, node.type, isSure);
    else if (node.kind === 'MethodLink') this.method(node);
    else if (node.kind === 'ReturnExpr') this.events.push({ kind: 'unknown' });
  }

  private use(name: string, at: Node, isSure: boolean): void {
    if (isSure) this.events.push({ kind: 'use', name, at });
  }

  private method({ name }: MethodLink): void {
    if (name.name === 'call' || library.methodTable(name.name).builtins.length === 0) this.events.push({ kind: 'unknown' });
  }

  private call(call: CallExpr, isSure: boolean): void {
    const { name } = call.callee;
    for (const arg of call.args) this.visit(arg, isSure && !CATCHES.has(name));
    if (DEFINERS.has(name)) this.definition(call, isSure);
    else if (DOUBTING.has(name)) this.doubt(call);
    else if (name === 'new' && call.args[0]?.kind === 'StringLiteral') this.use(call.args[0].value, call.args[0], isSure);
    else if (FOREIGN.has(name) || library.functionRow(name) === undefined) this.events.push({ kind: 'unknown' });
  }

  private doubt(call: CallExpr): void {
    for (const [i, arg] of call.args.entries())
      this.events.push({ kind: 'doubt', name: arg.kind === 'StringLiteral' ? nameArgument(call, i) : null });
    if (call.args.length === 0) this.events.push({ kind: 'doubt', name: null });
  }

  private definition(call: CallExpr, isSure: boolean): void {
    const name = nameArgument(call);
    if (name === null) {
      this.events.push({ kind: 'doubt', name: null });
      return;
    }
    const fields = call.args[1];
    const isFilled = fields?.kind === 'ThingLiteral' && fields.fields.length > 0;
    if (call.callee.name === 'set_type' && fields?.kind === 'ThingLiteral') {
      for (const { value } of fields.fields) if (value?.kind === 'StringLiteral') this.definitionUse(name, value.value, value, isSure);
    }
    this.events.push({ kind: 'define', name, isSure, fresh: call.callee.name !== 'set_type' || isFilled });
  }

  private definitionUse(of: string, definition: string, at: Node, isSure: boolean): void {
    const name = NAME.exec(definition)?.[1];
    if (name !== undefined && name !== of) this.use(name, at, isSure);
  }
}

/** What statements use and define, in the order in which that happens. */
export function orderOf(body: readonly Expr[]): readonly OrderEvent[] {
  const reader = new OrderReader();
  for (const each of body) reader.visit(each, true);
  return reader.events;
}

export interface EarlyUse {
  readonly part: number;
  readonly name: string;
  readonly at: Node;
}

/**
 * What is used before it is defined, of the names that nothing gives but the script.
 *
 * @param parts what each part of the script does
 * @param isGiven whether there is something of a name before the script
 * @param knowsAll whether there is nothing before it that `isGiven` does not know
 */
export function earlyUses(parts: readonly (readonly OrderEvent[])[], isGiven: (name: string) => boolean, knowsAll: boolean): EarlyUse[] {
  const doubts = new Set<string>();
  /** The last place at which each name is defined for sure. */
  const last = new Map<string, number>();
  let place = 0;
  for (const events of parts) {
    for (const event of events) {
      if (event.kind === 'doubt' && event.name === null) return [];
      if (event.kind === 'doubt') doubts.add(event.name as string);
      else if (event.kind === 'define' && event.isSure && (event.fresh || knowsAll)) last.set(event.name, place);
      place++;
    }
  }
  const found: EarlyUse[] = [];
  const defined = new Set<string>();
  if (last.size === 0) return found;
  place = 0;
  for (const [part, events] of parts.entries()) {
    for (const event of events) {
      if (event.kind === 'unknown') return found;
      if (event.kind === 'define') defined.add(event.name);
      else if (event.kind === 'use') {
        const { name, at } = event;
        const isLater = (last.get(name) ?? -1) > place;
        if (isLater && !defined.has(name) && !doubts.has(name) && !isGiven(name)) found.push({ part, name, at });
      }
      place++;
    }
  }
  return found;
}
