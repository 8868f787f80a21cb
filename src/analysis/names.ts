/** The names of a script: which variables there are, where they are set and read, and which of them share what they hold with others. They are found part by part. */
import type { ClosureLiteral, Expr, ForExpr, Ident, Link, Name, Node, Script } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';
import { type FunctionScope, resolve } from '../compiler/resolve.ts';

export type Owner = Script | ClosureLiteral;

export type UseKind = 'read' | 'write' | 'update' | 'param' | 'call';

/** A place where a variable is named. */
export interface Use {
  readonly name: string;
  readonly kind: UseKind;
  /** Byte offsets of the name. */
  readonly start: number;
  readonly end: number;
  /** The function that it stands in. */
  readonly owner: Owner;
}

/** Names, and how often they are there. */
export class NameBag {
  private readonly counts = new Map<string, number>();

  has(name: string): boolean {
    return this.counts.has(name);
  }

  add(names: Iterable<string>): void {
    for (const name of names) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  remove(names: Iterable<string>): void {
    for (const name of names) {
      const left = (this.counts.get(name) ?? 0) - 1;
      if (left > 0) this.counts.set(name, left);
      else this.counts.delete(name);
    }
  }

  [Symbol.iterator](): Iterator<string> {
    return this.counts.keys();
  }
}

/** What is asked of a set of names. */
export interface NameSet extends Iterable<string> {
  has(name: string): boolean;
}

/** What is known of functions and loops by their nodes. */
export interface Places {
  /** The function around each closure. */
  readonly outer: WeakMap<Owner, Owner>;
  /** The variables of each closure. */
  readonly scopes: WeakMap<Owner, FunctionScope>;
  /** The variables that the body of a loop sets. */
  readonly setIn: WeakMap<ForExpr, ReadonlySet<string>>;
}

export interface Names {
  readonly places: Places;
  /** The script, and the names that its statements set, in no closure. */
  readonly whole: Script;
  readonly locals: NameSet;
  readonly uses: readonly Use[];
  /** Names that are set somewhere: by an assignment, as a parameter or by a loop. */
  readonly set: NameSet;
  /** Names that are read somewhere, also by a call. */
  readonly read: NameSet;
  /** Variables that closures change by `+=` and the like without having them: their callers' variables. */
  readonly changedFromWithin: NameSet;
  /** Variables whose lists, sets and things may be reached by another way, or are changed. */
  readonly shared: NameSet;
  /** Whether something is called that does not stand in the text, and may read any variable. */
  readonly callsOthers: boolean;
}

/** The names of some statements of a script. */
export interface PartNames {
  readonly uses: readonly Use[];
  readonly set: ReadonlySet<string>;
  readonly read: ReadonlySet<string>;
  readonly changedFromWithin: ReadonlySet<string>;
  readonly shared: ReadonlySet<string>;
  readonly locals: ReadonlySet<string>;
  /** Names that are called and are no built-in. */
  readonly called: ReadonlySet<string>;
  /** Whether a method or procedure is called that does not stand in the text. */
  readonly callsOthers: boolean;
  /** Whether it is asked what instances or members are in use: then a variable may be there to keep one. */
  readonly asksForUse: boolean;
}

/** Functions that find out what is in use. */
const ASKING = new Set(['del_enum', 'del_type', 'has_id', 'mod_enum', 'mod_type', 'refs', 'type_all', 'type_count']);

/** Whether a link leaves what stands before it as it is. */
function onlyReads(link: Link): boolean {
  if (link.kind !== 'MethodLink') return link.assign === null;
  const { builtins } = library.methodTable(link.name.name);
  return builtins.length > 0 && builtins.every(({ row }) => row.changes === undefined);
}

/** Whether a variable that stands below `parent` stays the only way to what it holds. */
function staysOwn(node: Name, parent: Node | null): boolean {
  switch (parent?.kind) {
    case 'ChainExpr':
      return parent.base === node && parent.links.every(onlyReads);
    case 'ForExpr':
      return parent.iterable === node;
    case 'CallExpr':
      return library.functionRow(parent.callee.name)?.row.gives === undefined && library.functionRow(parent.callee.name) !== undefined;
    case 'IfExpr':
    case 'TernaryExpr':
      return parent.test === node;
    case 'Script':
    case 'ReturnExpr':
    case 'UnaryExpr':
    case 'BinaryExpr':
    case 'TemplateLiteral':
      return true;
    default:
      return false;
  }
}

class Collector implements PartNames {
  readonly uses: Use[] = [];
  readonly set = new Set<string>();
  readonly read = new Set<string>();
  readonly changedFromWithin = new Set<string>();
  readonly shared = new Set<string>();
  readonly locals: ReadonlySet<string>;
  readonly called = new Set<string>();
  callsOthers = false;
  asksForUse = false;
  private readonly owners: Owner[];
  /** The loops around the place. */
  private readonly loops: Set<string>[] = [];
  private readonly places: Places;

  constructor(whole: Script, body: readonly Expr[], places: Places) {
    this.owners = [whole];
    this.places = places;
    const part: Script = { ...whole, body };
    const { scopes } = resolve(part);
    for (const [owner, scope] of scopes) if (owner !== part) places.scopes.set(owner, scope);
    this.locals = new Set(scopes.get(part)?.slots.keys());
  }

  private get owner(): Owner {
    return this.owners.at(-1) as Owner;
  }

  private use(kind: UseKind, { name, start }: Ident | Name): void {
    this.uses.push({ name, kind, start, end: start + name.length, owner: this.owner });
    if (kind === 'write' || kind === 'param') this.set.add(name);
    else this.read.add(name);
    if (kind === 'write' || kind === 'update') for (const loop of this.loops) loop.add(name);
  }

  private assigned(target: Ident, op: string): void {
    this.use(op === '=' ? 'write' : 'update', target);
    if (op === '=' || this.owners.length === 1) return;
    const scope = this.places.scopes.get(this.owner);
    if (scope === undefined || !scope.slots.has(target.name)) this.changedFromWithin.add(target.name);
  }

  private call(callee: Ident): void {
    if (library.functionRow(callee.name) !== undefined) {
      this.callsOthers ||= callee.name === 'run';
      this.asksForUse ||= ASKING.has(callee.name);
      return;
    }
    this.use('call', callee);
    this.called.add(callee.name);
  }

  enter(node: Node, parent: Node | null): boolean | undefined {
    switch (node.kind) {
      case 'ClosureLiteral':
        this.places.outer.set(node, this.owner);
        this.owners.push(node);
        for (const param of node.params) this.use('param', param);
        break;
      case 'Name':
        this.use('read', node);
        if (!staysOwn(node, parent)) this.shared.add(node.name);
        break;
      case 'AssignExpr':
        this.assigned(node.target, node.op);
        break;
      case 'ForExpr':
        this.loops.push(new Set());
        this.places.setIn.set(node, this.loops.at(-1) as Set<string>);
        for (const variable of node.vars) this.use('write', variable);
        break;
      case 'CallExpr':
        this.call(node.callee);
        break;
      case 'MethodLink':
        this.callsOthers ||= library.methodTable(node.name.name).builtins.length === 0;
        break;
      case 'Field':
        if (node.value === null) {
          this.use('read', node.name);
          this.shared.add(node.name.name);
        }
        break;
    }
    return undefined;
  }

  leave(node: Node): void {
    if (node.kind === 'ClosureLiteral') this.owners.pop();
    if (node.kind === 'ForExpr') this.loops.pop();
  }
}

/** Finds the names of some statements of a script; `also` is shown each node on the way. */
export function collectNames(
  whole: Script,
  body: readonly Expr[],
  places: Places,
  also: (node: Node, parent: Node | null) => void,
): PartNames {
  const collector = new Collector(whole, body, places);
  for (const statement of body) {
    walk(statement, {
      enter: (node, parent) => {
        also(node, parent ?? whole);
        return collector.enter(node, parent ?? whole);
      },
      leave: (node) => collector.leave(node),
    });
  }
  return collector;
}

const hasLocal = ({ places, whole, locals }: Names, name: string, owner: Owner): boolean =>
  owner === whole ? locals.has(name) : places.scopes.get(owner)?.slots.has(name) === true;

/** The function whose variable a name means at a place, as far as the text tells; null for one that no function around has. */
export function ownerOf(names: Names, name: string, from: Owner): Owner | null {
  for (let owner: Owner | undefined = from; owner !== undefined; owner = names.places.outer.get(owner))
    if (hasLocal(names, name, owner)) return owner;
  return null;
}
