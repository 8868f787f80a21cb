/** What is known of a part of a script in the 2019 dialect by itself. */
import type { CallExpr, Expr, Node, TempAssign } from '../../ast/nodes.ts';
import { walk } from '../../ast/visitor.ts';
import { called } from './calls.ts';

/** Nodes that only scripts for collections have. */
const OF_COLLECTIONS = /^(?:Temp|Array|Thing|Arrow|Assign|Chain)/;

export class PartFacts2019 {
  /** Where variables are first set. */
  readonly set = new Map<string, TempAssign>();
  /** Variables that are read. */
  readonly read = new Set<string>();
  /** Bare names that are no arguments of an arrow function: properties of the root of a collection. */
  readonly globals = new Set<string>();
  /** Names of other properties, and keys. */
  readonly properties = new Set<string>();
  /** The first call of a function of the root. */
  root: CallExpr | null = null;
  /** Whether there is something that only collections have. */
  collection = false;
  /** The parameters of the arrow functions around the place. */
  private readonly params: (readonly string[])[] = [];

  constructor(body: readonly Expr[]) {
    for (const statement of body) walk(statement, { enter: (node) => this.enter(node), leave: (node) => this.leave(node) });
  }

  private global(name: string): void {
    if (!this.params.some((own) => own.includes(name))) this.globals.add(name);
  }

  private call(call: CallExpr): void {
    const known = called.get(call.callee.name);
    if (known?.isOfRoot === true) this.root ??= call;
    else if (known !== undefined) this.collection = true;
  }

  private enter(node: Node): undefined {
    if (node.kind === 'CallExpr') this.call(node);
    else if (OF_COLLECTIONS.test(node.kind)) this.collection = true;
    switch (node.kind) {
      case 'ArrowLiteral':
        this.params.push(node.params.map(({ name }) => name));
        break;
      case 'Name':
        this.global(node.name);
        break;
      case 'AssignExpr':
        this.global(node.target.name);
        break;
      case 'TempName':
        this.read.add(node.name);
        break;
      case 'TempAssign':
        if (!this.set.has(node.target.name)) this.set.set(node.target.name, node);
        break;
      case 'PropertyLink':
      case 'Field':
        this.properties.add(node.name.name);
        break;
    }
    return undefined;
  }

  private leave(node: Node): void {
    if (node.kind === 'ArrowLiteral') this.params.pop();
  }
}
