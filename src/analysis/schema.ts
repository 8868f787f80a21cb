/** The types, enumerators and procedures of a collection, as the checker knows them. */
import type { Span } from '../ast/nodes.ts';
import { kindMask } from '../builtins/row.ts';
import { EnumDef } from '../model/enums.ts';
import { type FieldRule, RuleKind } from '../model/rules.ts';
import { parseRule } from '../model/rules-parse.ts';
import { TypeDef } from '../model/types.ts';
import { Fault } from '../values/restriction.ts';
import {
  ANY,
  BOOL,
  BYTES,
  CLOSURE,
  ERROR,
  FLOAT,
  INT,
  instanceOf,
  join,
  listOf,
  memberOf,
  NIL,
  ofMask,
  REGEX,
  type Scalar,
  STR,
  setOf,
  THING,
  type Type,
} from './types.ts';
import { type Source, sameType, Watched } from './watched.ts';

/** A closure that others call: a method or a procedure. Texts are byte strings. */
export interface Callable {
  readonly name: string;
  readonly params: readonly string[];
  readonly doc: string;
  /** Whether a call needs a change; null when that is not known. */
  readonly effects: boolean | null;
  /** Where the script defines it; null when it comes from elsewhere. */
  readonly at: Span | null;
}

export interface FieldModel {
  readonly name: string;
  /** As it is written; empty for a nested definition. */
  readonly definition: string;
  readonly at: Span | null;
}

export interface TypeModel {
  readonly name: string;
  readonly fields: Map<string, FieldModel>;
  readonly methods: Map<string, Callable>;
  wrapOnly: boolean;
  /** Under which name instances tell their id. */
  idName: string | null;
  /** Whether it has what stands here and nothing else. */
  closed: boolean;
  at: Span | null;
}

export interface EnumModel {
  readonly name: string;
  readonly members: Map<string, { readonly type: Type; readonly at: Span | null }>;
  readonly methods: Map<string, Callable>;
  closed: boolean;
  at: Span | null;
}

const RULE_TYPES: ReadonlyMap<number, Type> = new Map<number, Type>([
  [RuleKind.ANY, ANY],
  [RuleKind.STR, STR],
  [RuleKind.UTF8, STR],
  [RuleKind.EMAIL, STR],
  [RuleKind.URL, STR],
  [RuleKind.TEL, STR],
  [RuleKind.STR_RANGE, STR],
  [RuleKind.UTF8_RANGE, STR],
  [RuleKind.PATTERN, STR],
  [RuleKind.RAW, ofMask(kindMask('str|bytes|mpdata'))],
  [RuleKind.BYTES, BYTES],
  [RuleKind.BOOL, BOOL],
  [RuleKind.INT, INT],
  [RuleKind.UINT, INT],
  [RuleKind.PINT, INT],
  [RuleKind.NINT, INT],
  [RuleKind.INT_RANGE, INT],
  [RuleKind.FLOAT, FLOAT],
  [RuleKind.FLOAT_RANGE, FLOAT],
  [RuleKind.NUMBER, ofMask(kindMask('int|float'))],
  [RuleKind.THING, THING],
  [RuleKind.RESTRICTED, THING],
  [RuleKind.REGEX, REGEX],
  [RuleKind.CLOSURE, CLOSURE],
  [RuleKind.ERROR, ERROR],
  [RuleKind.DATETIME, ofMask(kindMask('datetime'))],
  [RuleKind.TIMEVAL, ofMask(kindMask('timeval'))],
  [RuleKind.ROOM, ofMask(kindMask('room'))],
  [RuleKind.TASK, ofMask(kindMask('task|nil'))],
  [RuleKind.ENUM, ofMask(kindMask('enum|nil'))],
]);

/** What is asked of a schema. */
export interface AskedSchema {
  readonly types: Source<TypeModel>;
  readonly enums: Source<EnumModel>;
  readonly procedures: Source<Callable>;
  /** Whether there are no other types, enumerators and procedures. */
  readonly complete: boolean;
  fieldType(field: FieldModel): Type;
  /** Whether a value that is written out fits the definition of a field: its range, its pattern; true for what cannot be read. */
  takes(field: FieldModel, value: Scalar): boolean;
  rule(where: string, definition: string): FieldRule;
}

const sameCallable = (a: Callable, b: Callable): boolean =>
  a.name === b.name && a.doc === b.doc && (a.at === null) === (b.at === null) && a.params.join() === b.params.join();

function sameEntries<V>(a: ReadonlyMap<string, V>, b: ReadonlyMap<string, V>, same: (a: V, b: V) => boolean): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !same(value, other)) return false;
  }
  return true;
}

const sameModel = (a: TypeModel, b: TypeModel): boolean =>
  a.closed === b.closed &&
  a.wrapOnly === b.wrapOnly &&
  a.idName === b.idName &&
  (a.at === null) === (b.at === null) &&
  sameEntries(a.fields, b.fields, (one, other) => one.definition === other.definition) &&
  sameEntries(a.methods, b.methods, sameCallable);

const sameEnum = (a: EnumModel, b: EnumModel): boolean =>
  a.closed === b.closed &&
  (a.at === null) === (b.at === null) &&
  sameEntries(a.members, b.members, (one, other) => sameType(one.type, other.type)) &&
  sameEntries(a.methods, b.methods, sameCallable);

/** A schema that notes what is asked of it; what closures of the script change is not asked. */
export class WatchedSchema implements AskedSchema {
  readonly types: Watched<TypeModel>;
  readonly enums: Watched<EnumModel>;
  readonly procedures: Watched<Callable>;
  readonly complete: boolean;
  private readonly schema: Schema;
  /** The names that definitions could name, when definitions were read. */
  private definable: string | null = null;

  constructor(schema: Schema) {
    this.schema = schema;
    this.complete = schema.complete;
    this.types = new Watched(schema.types, sameModel);
    this.enums = new Watched(schema.enums, sameEnum);
    this.procedures = new Watched(schema.procedures, sameCallable);
  }

  fieldType(field: FieldModel): Type {
    this.definable = this.schema.definable;
    return this.schema.fieldType(field);
  }

  takes(field: FieldModel, value: Scalar): boolean {
    this.definable = this.schema.definable;
    return this.schema.takes(field, value);
  }

  rule(where: string, definition: string): FieldRule {
    this.definable = this.schema.definable;
    return this.schema.rule(where, definition);
  }

  /** Whether another schema would have said the same. */
  holds(schema: Schema): boolean {
    if (schema === this.schema) return true;
    return (
      this.types.holds(schema.types) &&
      this.enums.holds(schema.enums) &&
      this.procedures.holds(schema.procedures) &&
      (this.definable === null || this.definable === schema.definable)
    );
  }
}

export class Schema implements AskedSchema {
  readonly types = new Map<string, TypeModel>();
  readonly enums = new Map<string, EnumModel>();
  readonly procedures = new Map<string, Callable>();
  /** Names of properties that other scripts make. */
  readonly properties = new Set<string>();
  /** Whether there are no other types, enumerators and procedures. */
  readonly complete: boolean;
  private readonly typeDefs = new Map<string, TypeDef>();
  private readonly enumDefs = new Map<string, EnumDef>();
  private names: string | null = null;
  private parts: Set<string> | null = null;
  private readonly fieldTypes = new Map<FieldModel, Type>();

  constructor(complete: boolean) {
    this.complete = complete;
  }

  /** A schema to which others may add, with all that this one has. */
  copy(): Schema {
    const copy = new Schema(this.complete);
    for (const [name, type] of this.types) copy.types.set(name, { ...type, fields: new Map(type.fields), methods: new Map(type.methods) });
    for (const [name, each] of this.enums)
      copy.enums.set(name, { ...each, members: new Map(each.members), methods: new Map(each.methods) });
    for (const [name, procedure] of this.procedures) copy.procedures.set(name, procedure);
    for (const name of this.properties) copy.properties.add(name);
    return copy;
  }

  /** What definitions can name, as one text. */
  get definable(): string {
    this.names ??= `${[...this.types.keys()].sort()};${[...this.enums].map(([name, { members }]) => `${name}{${[...members.keys()]}}`).sort()}`;
    return this.names;
  }

  /** The names of fields and methods of its types and enumerators, and of properties of things. */
  get modelled(): ReadonlySet<string> {
    if (this.parts === null) {
      this.parts = new Set(this.properties);
      for (const type of this.types.values()) for (const name of [...type.fields.keys(), ...type.methods.keys()]) this.parts.add(name);
      for (const each of this.enums.values()) for (const name of each.methods.keys()) this.parts.add(name);
    }
    return this.parts;
  }

  /** The type of that name, made when there is none. */
  type(name: string): TypeModel {
    let type = this.types.get(name);
    if (type === undefined) {
      type = { name, fields: new Map(), methods: new Map(), wrapOnly: false, idName: null, closed: true, at: null };
      this.types.set(name, type);
    }
    return type;
  }

  enumeration(name: string): EnumModel {
    let found = this.enums.get(name);
    if (found === undefined) {
      found = { name, members: new Map(), methods: new Map(), closed: true, at: null };
      this.enums.set(name, found);
    }
    return found;
  }

  /** Whether something of that name may be there, as far as is known. */
  mayHave(name: string): boolean {
    return !this.complete || this.types.has(name) || this.enums.has(name);
  }

  /** The type of a field; `ANY` for what cannot be read. */
  fieldType(field: FieldModel): Type {
    let type = this.fieldTypes.get(field);
    if (type === undefined) {
      type = field.definition === '' ? ANY : this.definitionType(field.definition);
      this.fieldTypes.set(field, type);
    }
    return type;
  }

  takes(field: FieldModel, value: Scalar): boolean {
    try {
      return field.definition === '' || this.rule('', field.definition).check(value) === Fault.NONE;
    } catch {
      return true;
    }
  }

  private definitionType(definition: string): Type {
    try {
      return this.ruleType(this.rule('', definition));
    } catch {
      return ANY;
    }
  }

  /**
   * What a definition means.
   *
   * @param where begins the message of an error
   * @throws TiError for a definition that is none
   */
  rule(where: string, definition: string): FieldRule {
    return parseRule({ where, type: (name) => this.typeDef(name), enumeration: (name) => this.enumDef(name) }, definition);
  }

  /** Stands for a type in rules; one that may be there, when not all are known. */
  private typeDef(name: string): TypeDef | undefined {
    const known = this.types.has(name);
    if (!known && (this.complete || this.enums.has(name) || !/^[A-Za-z_][A-Za-z_0-9]*$/.test(name))) return undefined;
    let def = this.typeDefs.get(name);
    if (def === undefined) {
      def = new TypeDef(this.typeDefs.size + 1, name, 0);
      this.typeDefs.set(name, def);
    }
    return def;
  }

  private enumDef(name: string): EnumDef | undefined {
    const model = this.enums.get(name);
    if (model === undefined) return undefined;
    let def = this.enumDefs.get(name);
    if (def === undefined) {
      def = new EnumDef(this.enumDefs.size + 1, name, 0);
      this.enumDefs.set(name, def);
    }
    for (const member of model.members.keys()) if (!def.members.has(member)) def.add(member, null);
    return def;
  }

  private ruleType(rule: FieldRule): Type {
    const type = this.bareType(rule);
    return rule.nillable ? join(type, NIL) : type;
  }

  private bareType({ kind, item, type, enumeration }: FieldRule): Type {
    if (kind === RuleKind.TYPE && type !== null) return this.types.has(type.name) ? instanceOf(type.name) : ANY;
    if (kind === RuleKind.MEMBER && enumeration !== null) return memberOf(enumeration.name);
    if (kind === RuleKind.LIST) return listOf(item === null ? null : this.ruleType(item));
    if (kind === RuleKind.SET) return setOf(item === null || item.kind === RuleKind.ANY ? THING : this.ruleType(item));
    return RULE_TYPES.get(kind) ?? ANY;
  }
}
