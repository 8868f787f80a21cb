/** Types: named layouts for things, with a rule for each field, and methods. */
import { lookupErr, operationErr, type TiError, typeErr, valueErr } from '../errors.ts';
import type { Closure } from '../values/closure.ts';
import { Fault } from '../values/restriction.ts';
import { Shape, type TypeInfo } from '../values/shape.ts';
import { isName, type Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { type FieldRule, RuleKind } from './rules.ts';

/** The other end of a relation: a field of the same or of another type. */
export interface RelationEnd {
  readonly type: TypeDef;
  readonly field: FieldDef;
}

/** A field of a type; the object stays the same when the field is renamed, moves or gets another rule. */
export class FieldDef {
  name: string;
  rule: FieldRule;
  relation: RelationEnd | null = null;

  constructor(name: string, rule: FieldRule) {
    this.name = name;
    this.rule = rule;
  }
}

/** What must not change while something uses it: a type, or an enumerator. */
export interface Lockable {
  locks: number;
}

/** A method of a type or enumerator: a call gets the receiver as its first argument, and the owner must not change meanwhile. */
export class Method {
  readonly closure: Closure;
  readonly owner: Lockable;

  constructor(closure: Closure, owner: Lockable) {
    this.closure = closure;
    this.owner = owner;
  }
}

/** Methods by name. Removing one moves the last into its place. */
export class MethodMap extends Map<string, Closure> {
  private readonly owner: Lockable;
  private readonly callables = new Map<string, Method>();

  constructor(owner: Lockable) {
    super();
    this.owner = owner;
  }

  /** The method as a call needs it; undefined when there is none. */
  callable(name: string): Method | undefined {
    const closure = this.get(name);
    if (closure === undefined) return undefined;
    let method = this.callables.get(name);
    if (method === undefined || method.closure !== closure) {
      method = new Method(closure, this.owner);
      this.callables.set(name, method);
    }
    return method;
  }

  /** Replaces all methods. */
  assign(entries: Iterable<readonly [string, Closure]>): void {
    const list = [...entries];
    this.clear();
    for (const [name, closure] of list) {
      closure.unbound = true;
      this.set(name, closure);
    }
  }

  take(name: string): void {
    this.assign(takeOut([...this], (entry) => entry[0] === name));
  }

  rename(from: string, to: string): void {
    this.assign([...this].map(([name, closure]) => [name === from ? to : name, closure] as const));
  }
}

/** Takes the one item out; the last item takes its place. */
export function takeOut<T>(list: T[], isIt: (item: T) => boolean): T[] {
  const at = list.findIndex(isIt);
  const last = list.pop() as T;
  if (at < list.length) list[at] = last;
  return list;
}

/** How instances tell their id. */
interface View {
  readonly idName: string;
  readonly hideId: boolean;
}

const PLAIN_VIEW: View = { idName: '#', hideId: false };

export class TypeDef implements TypeInfo, Lockable {
  readonly id: number;
  name: string;
  createdAt: number;
  modifiedAt: number | null = null;
  fields: FieldDef[] = [];
  readonly methods: MethodMap;
  /** The layout of instances; another one whenever fields come, go or are renamed. */
  shape: Shape;
  /** Only for wrapping: no instances. */
  wrapOnly = false;
  /** Whether all stored instances are kept at hand for `type_all`. */
  autoIndex = false;
  /** The stored instances, once somebody asked for them; only with `autoIndex`. */
  instances: Set<Thing> | null = null;
  /** How many calls and definitions are using the type now; while not 0, it must not change. */
  locks = 0;
  /** The name of a type that was removed, though wraps may still name it; null for one that is there. */
  goneName: string | null = null;
  /** The definition of an anonymous type, as its user wrote it; null for any other. */
  told: ReadonlyMap<string, Value> | null = null;
  view: View = PLAIN_VIEW;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
    this.methods = new MethodMap(this);
    this.shape = new Shape([], new Map(), this);
  }

  get gone(): boolean {
    return this.goneName !== null;
  }

  /** Name under which instances tell their id, in place of `#`; null for none. */
  get idName(): string | null {
    return this.view.idName === '#' ? null : this.view.idName;
  }

  set idName(name: string | null) {
    this.view = { idName: name ?? '#', hideId: this.view.hideId };
  }

  get hideId(): boolean {
    return this.view.hideId;
  }

  set hideId(hide: boolean) {
    this.view = { idName: this.view.idName, hideId: hide };
  }

  /** Puts other fields in place, with a new layout. Instances are not looked at. */
  setFields(fields: readonly FieldDef[]): void {
    this.fields = [...fields];
    const keys = fields.map((f) => f.name);
    this.shape = new Shape(keys, new Map(keys.map((key, slot) => [key, slot])), this);
  }

  /** The rule of the field in a slot of `shape`. */
  rule(slot: number): FieldRule {
    return (this.fields[slot] as FieldDef).rule;
  }

  field(name: string): FieldDef | undefined {
    const slot = this.shape.slotOf.get(name);
    return slot === undefined ? undefined : this.fields[slot];
  }

  /** Whether a field, a method or the id has that name. */
  hasName(name: string): boolean {
    return this.shape.slotOf.has(name) || this.methods.has(name) || this.idName === name;
  }

  get hasRelations(): boolean {
    return this.fields.some((field) => field.relation !== null);
  }
}

/** The type of that name. Throws lookup_err. */
export function typeByName(collection: Collection, name: string): TypeDef {
  const type = collection.types.get(name);
  if (type === undefined) throw unknownName('type', name);
  return type;
}

/** The error for the name of a type or enumerator that is not there. */
export function unknownName(what: string, name: string): TiError {
  if (isName(name)) return lookupErr(`${what} \`${name}\` not found`);
  return valueErr(`${what} name must follow the naming rules; see https://docs.thingsdb.io/v1/overview/names`);
}

/** Throws operation_err while a call or definition uses the type or enumerator. */
export function checkUnused(what: TypeDef | (Lockable & { readonly name: string }), kind: 'type' | 'enum'): void {
  if (what.locks > 0) throw operationErr(`cannot change ${kind} \`${what.name}\` while it is in use`);
}

// --- instances ---

/** The error for a field that cannot hold a value; `fault` as `FieldRule.check` told it. */
export function misfit(type: TypeInfo, name: string, rule: FieldRule, value: Value, fault: number) {
  if (fault === Fault.TYPE) {
    return typeErr(
      `mismatch in type \`${type.name}\`; type \`${typeName(value)}\` is invalid for property \`${name}\` with definition \`${rule.definition}\``,
    );
  }
  return valueErr(
    `mismatch in type \`${type.name}\`; the value for property \`${name}\` does not fit the definition \`${rule.definition}\``,
  );
}

/** Throws type_err or value_err when a field cannot hold the value. */
export function checkField(type: TypeDef, name: string, rule: FieldRule, value: Value): void {
  if (isQuick(rule, value)) return;
  const fault = rule.check(value);
  if (fault !== Fault.NONE) throw misfit(type, name, rule, value, fault);
}

/** The commonest values of the commonest definitions, which need no look at the rest of the rule. */
function isQuick(rule: FieldRule, value: Value): boolean {
  switch (typeof value) {
    case 'string':
      return rule.kind === RuleKind.STR;
    case 'number':
      return rule.kind === RuleKind.INT;
    default:
      return false;
  }
}

/** Lets a list or set know whose property it is. */
export function own(thing: Thing, key: string, value: Value): Value {
  if (typeof value === 'object' && value !== null && 'parent' in value) {
    value.parent = thing;
    value.key = key;
    value.kept = 0;
  }
  return value;
}
