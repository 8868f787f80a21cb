/** The types, enumerators and procedures that a script itself defines. */
import type { CallExpr, ClosureLiteral, Expr, Field, Node, Script } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { type Callable, type EnumModel, Schema, type TypeModel } from './schema.ts';
import { ANY, literal, type Type } from './types.ts';

/** What a call of a built-in does to the schema, when its first argument is a name. */
type Definer = (schema: Schema, name: string, call: CallExpr) => void;

/** Whether a closure in the text needs a change; null when that is not known. */
export type EffectsOf = (closure: ClosureLiteral) => boolean | null;

/** A name that a call is given as a literal. */
export const nameArgument = (call: CallExpr, index = 0): string | null => {
  const arg = call.args[index];
  return arg?.kind === 'StringLiteral' ? arg.value : null;
};

function docOf(body: Expr): string {
  const first = body.kind === 'BlockExpr' ? body.body[0] : undefined;
  return first?.kind === 'StringLiteral' ? first.value : '';
}

function callableOf(name: string, closure: ClosureLiteral, at: Node, effects: EffectsOf): Callable {
  return {
    name,
    params: closure.params.map((p) => p.name),
    doc: docOf(closure.body),
    // Only known when the script is compiled, which few ask for.
    get effects() {
      return effects(closure);
    },
    at,
  };
}

function memberType(value: Expr | null): Type {
  if (value === null) return ANY;
  if (value.kind === 'StringLiteral') return literal(value.value);
  return value.kind === 'IntLiteral' && value.value !== null ? literal(value.value) : ANY;
}

class Reader {
  private readonly schema: Schema;
  private readonly effects: EffectsOf;
  /** Types and enumerators that have been given fields or members. */
  private readonly filled = new Set<TypeModel | EnumModel>();

  constructor(schema: Schema, effects: EffectsOf) {
    this.schema = schema;
    this.effects = effects;
  }

  private field(type: TypeModel, { name, value }: Field): void {
    if (value === null) type.closed = false;
    else if (value.kind === 'ClosureLiteral') type.methods.set(name.name, callableOf(name.name, value, name, this.effects));
    else if (value.kind === 'StringLiteral' && value.value === '#') type.idName = name.name;
    else type.fields.set(name.name, { name: name.name, definition: value.kind === 'StringLiteral' ? value.value : '', at: name });
  }

  readonly setType: Definer = (schema, name, call) => {
    const type = schema.type(name);
    const [at, definition, flags] = call.args;
    type.at ??= at ?? null;
    if (definition?.kind !== 'ThingLiteral' || this.filled.has(type) || type.fields.size > 0) type.closed = false;
    this.filled.add(type);
    if (definition?.kind === 'ThingLiteral') for (const field of definition.fields) this.field(type, field);
    if (flags?.kind === 'BoolLiteral') type.wrapOnly = flags.value;
    else if (flags !== undefined) type.wrapOnly ||= flags.kind === 'Name' && flags.name === 'WPO';
  };

  readonly newType: Definer = (schema, name, call) => {
    const known = schema.types.has(name);
    const type = schema.type(name);
    type.at ??= call.args[0] ?? null;
    const flags = call.args[1];
    if (flags?.kind === 'BoolLiteral') type.wrapOnly = flags.value;
    else if (flags !== undefined) type.wrapOnly ||= flags.kind === 'Name' && flags.name === 'WPO';
    if (known) type.closed = false;
  };

  readonly setEnum: Definer = (schema, name, call) => {
    const found = schema.enumeration(name);
    const [at, members] = call.args;
    found.at ??= at ?? null;
    if (members?.kind !== 'ThingLiteral' || this.filled.has(found)) found.closed = false;
    this.filled.add(found);
    if (members?.kind !== 'ThingLiteral') return;
    for (const { name: member, value } of members.fields) {
      if (value?.kind === 'ClosureLiteral') found.methods.set(member.name, callableOf(member.name, value, member, this.effects));
      else found.members.set(member.name, { type: memberType(value), at: member });
    }
  };

  readonly newProcedure: Definer = (schema, name, call) => {
    const [at, closure] = call.args;
    const procedure =
      closure?.kind === 'ClosureLiteral'
        ? callableOf(name, closure, at as Expr, this.effects)
        : { name, params: [], doc: '', effects: null, at: at ?? null };
    schema.procedures.set(name, procedure);
  };

  /** Names that are something else somewhere in the script. */
  readonly loosen: Definer = (schema, name, call) => {
    for (const each of [name, nameArgument(call, 1)]) {
      const found = each === null ? undefined : (schema.types.get(each) ?? schema.enums.get(each));
      if (found !== undefined) found.closed = false;
    }
  };

  /** The new name is one that there is, of which nothing is known. */
  readonly renameType: Definer = (schema, name, call) => {
    const to = nameArgument(call, 1);
    if (to !== null) schema.type(to).closed = false;
    this.loosen(schema, name, call);
  };

  readonly renameEnum: Definer = (schema, name, call) => {
    const to = nameArgument(call, 1);
    if (to !== null) schema.enumeration(to).closed = false;
    this.loosen(schema, name, call);
  };

  readonly renameProcedure: Definer = (schema, _name, call) => {
    const to = nameArgument(call, 1);
    if (to !== null) schema.procedures.set(to, { name: to, params: [], doc: '', effects: null, at: null });
  };

  /** Definitions first, then what changes them: the order in which a script runs is not known. */
  readonly passes: readonly Readonly<Record<string, Definer>>[] = [
    {
      set_type: this.setType,
      new_type: this.newType,
      set_enum: this.setEnum,
      new_procedure: this.newProcedure,
      mod_procedure: this.newProcedure,
    },
    {
      mod_type: this.loosen,
      mod_enum: this.loosen,
      del_type: this.loosen,
      del_enum: this.loosen,
      rename_type: this.renameType,
      rename_enum: this.renameEnum,
      rename_procedure: this.renameProcedure,
    },
  ];

  run(calls: readonly CallExpr[]): void {
    for (const pass of this.passes) {
      for (const call of calls) {
        const definer = Object.hasOwn(pass, call.callee.name) ? pass[call.callee.name] : undefined;
        if (definer === undefined) continue;
        const name = nameArgument(call);
        if (name !== null) definer(this.schema, name, call);
        // Some type or enumerator; which one, only the run tells.
        else if (pass === this.passes[1]) this.loosenAll();
      }
    }
  }

  loosenAll(): void {
    for (const type of this.schema.types.values()) type.closed = false;
    for (const found of this.schema.enums.values()) found.closed = false;
  }
}

/** What a script holds that may define something. */
interface Defining {
  readonly calls: readonly CallExpr[];
  /** Whether something is turned into a plain thing. */
  readonly converts: boolean;
}

/** Functions that define something, or change what is defined. */
const DEFINING = new Set(new Reader(new Schema(false), () => null).passes.flatMap((pass) => Object.keys(pass)));

/** Finds what may define something, node by node. */
export class DefiningNodes implements Defining {
  readonly calls: CallExpr[] = [];
  converts = false;

  enter(node: Node): void {
    if (node.kind === 'CallExpr') {
      if (DEFINING.has(node.callee.name)) this.calls.push(node);
    } else if (node.kind === 'MethodLink') this.converts ||= node.name.name === 'to_thing';
  }
}

/** Adds what a script defines to a schema. */
export function addDefinitions(schema: Schema, { calls, converts }: Defining, effects: EffectsOf): void {
  const reader = new Reader(schema, effects);
  reader.run(calls);
  // An instance may be a plain thing by the time that it is asked for its fields.
  if (converts) reader.loosenAll();
}

/** As `addDefinitions`, of a script of which nothing else is wanted. */
export function addScript(schema: Schema, script: Script): void {
  const found = new DefiningNodes();
  walk(script, {
    enter(node) {
      found.enter(node);
      return undefined;
    },
  });
  addDefinitions(schema, found, () => null);
}
