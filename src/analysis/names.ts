/** The names of a script: which variables there are, where they are set and read, and which of them share what they hold with others. */
import type { ClosureLiteral, ForExpr, Ident, Link, Name, Node, Script } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { library } from '../builtins/library.ts';
import { type Resolution, resolve } from '../compiler/resolve.ts';

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

export interface Names {
  readonly resolution: Resolution;
  readonly uses: readonly Use[];
  /** Names that are set somewhere: by an assignment, as a parameter or by a loop. */
  readonly set: ReadonlySet<string>;
  /** Names that are read somewhere, also by a call. */
  readonly read: ReadonlySet<string>;
  /** Variables that closures change by `+=` and the like without having them: their callers' variables. */
  readonly changedFromWithin: ReadonlySet<string>;
  /** Variables whose lists, sets and things may be reached by another way, or are changed. */
  readonly shared: ReadonlySet<string>;
  /** Whether something is called that does not stand in the text, and may read any variable. */
  readonly callsOthers: boolean;
  /** The function around each closure. */
  readonly outer: ReadonlyMap<Owner, Owner>;
  /** The variables that the body of a loop sets. */
  readonly setIn: ReadonlyMap<ForExpr, ReadonlySet<string>>;
}

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

class Collector {
  readonly uses: Use[] = [];
  readonly set = new Set<string>();
  readonly read = new Set<string>();
  readonly changedFromWithin = new Set<string>();
  readonly shared = new Set<string>();
  readonly outer = new Map<Owner, Owner>();
  readonly setIn = new Map<ForExpr, Set<string>>();
  callsOthers = false;
  private readonly owners: Owner[] = [];
  /** The loops around the place. */
  private readonly loops: Set<string>[] = [];
  private readonly resolution: Resolution;

  constructor(resolution: Resolution) {
    this.resolution = resolution;
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
    const scope = this.resolution.scopes.get(this.owner);
    if (scope === undefined || !scope.slots.has(target.name)) this.changedFromWithin.add(target.name);
  }

  private called(callee: Ident): void {
    if (library.functionRow(callee.name) !== undefined) {
      this.callsOthers ||= callee.name === 'run';
      return;
    }
    this.use('call', callee);
    if (!this.set.has(callee.name)) this.callsOthers = true;
  }

  enter(node: Node, parent: Node | null): boolean | undefined {
    switch (node.kind) {
      case 'Script':
        this.owners.push(node);
        break;
      case 'ClosureLiteral':
        this.outer.set(node, this.owner);
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
        this.setIn.set(node, this.loops.at(-1) as Set<string>);
        for (const variable of node.vars) this.use('write', variable);
        break;
      case 'CallExpr':
        this.called(node.callee);
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
    if (node.kind === 'Script' || node.kind === 'ClosureLiteral') this.owners.pop();
    if (node.kind === 'ForExpr') this.loops.pop();
  }
}

/** Finds the names of a script; `also` is shown each node on the way. */
export function collectNames(script: Script, also: (node: Node, parent: Node | null) => void): Names {
  const resolution = resolve(script);
  const collector = new Collector(resolution);
  walk(script, {
    enter: (node, parent) => {
      also(node, parent);
      return collector.enter(node, parent);
    },
    leave: (node) => collector.leave(node),
  });
  const { uses, set, read, changedFromWithin, shared, callsOthers, outer, setIn } = collector;
  return { resolution, uses, set, read, changedFromWithin, shared, callsOthers, outer, setIn };
}

/** The function whose variable a name means at a place, as far as the text tells; null for one that no function around has. */
export function ownerOf(names: Names, name: string, from: Owner): Owner | null {
  for (let owner: Owner | undefined = from; owner !== undefined; owner = names.outer.get(owner)) {
    if (names.resolution.scopes.get(owner)?.slots.has(name) === true) return owner;
  }
  return null;
}
