/** What `mod_type` does to properties and methods, and how it brings instances along. */
import { ErrorCode, lookupErr, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { touched } from '../model/apply-types.ts';
import { ChangeOp } from '../model/change.ts';
import { initialValue } from '../model/initial.ts';
import { FieldRule, RuleKind } from '../model/rules.ts';
import { isCompatible } from '../model/rules-fit.ts';
import { encodeMember, encodeStored } from '../model/stored.ts';
import { checkField, FieldDef, type TypeDef } from '../model/types.ts';
import { checkNeeds, definitionOf, ruleOf, taken } from '../model/types-define.ts';
import { addField, removeField, renameField, setRule, storedInstances } from '../model/types-migrate.ts';
import { Closure } from '../values/closure.ts';
import { Fault } from '../values/restriction.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Context } from './row.ts';
import { checkName, collectionOf, expectClosure, expectStr, now } from './schema-common.ts';
import { newThing } from './things-common.ts';
import { looseInstances, recordTypeInfo } from './types.ts';

/** One call of `mod_type`: `args` are those behind the action. */
export interface Call {
  readonly cx: Context;
  readonly type: TypeDef;
  readonly args: readonly Value[];
}

/** Notes that the type is another one now. */
export function changed({ cx, type }: Call): void {
  type.modifiedAt = now();
  recordTypeInfo(cx, type);
}

/** The name of a property or method, as the first argument behind the action tells it. */
export function nameOf({ args }: Call): string {
  const name = expectStr(args[0], 'the name of a property or method');
  checkName('property', name);
  return name;
}

function fieldOrMethod({ type }: Call, name: string): FieldDef | Closure {
  const found = type.field(name) ?? type.methods.get(name);
  if (found === undefined) throw lookupErr(`type \`${type.name}\` has no property or method \`${name}\``);
  return found;
}

/** Begins an operation on a field: its code, the type and the name. */
export function record({ cx, type }: Call, op: number, name: string) {
  const { ops } = cx.tx.need();
  ops.int(op);
  ops.int(type.id);
  ops.str(name);
  return ops;
}

/** The instances that are about to change, whose number counts against the query's budget before anything is done. */
function instancesOf({ cx, type }: Call): { readonly stored: readonly Thing[]; readonly loose: readonly Thing[] } {
  const loose = looseInstances(cx, type);
  const stored = touched(collectionOf(cx), type);
  cx.spend(stored.length);
  return { stored, loose };
}

// --- add ---

/** `add`: a property, a method or a name for the id. */
export function add(call: Call): void {
  const { cx, type, args } = call;
  const name = nameOf(call);
  const definition = args[1] as Value;
  if (type.hasName(name)) throw taken(type, name);
  if (definition instanceof Closure) {
    if (args.length > 2) throw tooMany('a method has no initial value');
    type.methods.assign([...type.methods, [name, definition]]);
  } else if (definition === '#') {
    if (args.length > 2) throw tooMany('the id has no initial value');
    if (type.idName !== null) throw lookupErr(`type \`${type.name}\` names its id already, as \`${type.idName}\``);
    type.idName = name;
  } else {
    if (type.wrapOnly && args.length > 2) throw tooMany('a type in wrap-only mode has no instances that could get an initial value');
    const field = new FieldDef(name, ruleOf(collectionOf(cx), type, name, definition));
    checkNeeds(type, [field]);
    const init = args[2];
    addNew(call, field, init instanceof Closure ? undefined : init);
    changed(call);
    if (init instanceof Closure) migrate(call, field, init, field.rule);
    return;
  }
  changed(call);
}

const tooMany = (why: string): TiError =>
  new TiError(ErrorCode.NUM_ARGUMENTS, `function \`mod_type\` takes at most 4 arguments here: ${why}`);

function addNew(call: Call, field: FieldDef, init: Value | undefined): void {
  const { cx, type } = call;
  const { tx } = cx;
  const collection = collectionOf(cx);
  const value = init === undefined && !type.wrapOnly ? initialValue(collection, field.rule) : (init ?? null);
  if (!type.wrapOnly) checkField(type, field.name, field.rule, value);
  const { stored, loose } = instancesOf(call);
  // One value for all: it is stored once, and then each instance holds it.
  const shared = tx.property(newThing(), field.name, value, false);
  if (stored.length > 0) tx.keep(shared);
  const ops = record(call, ChangeOp.ADD_FIELD, field.name);
  encodeMember(ops, definitionOf(field.rule));
  encodeStored(ops, stored.length > 0 ? shared : null);
  addField(type, field, [...stored, ...loose], (thing) => {
    const kept = tx.property(thing, field.name, shared, false);
    if (thing.id !== 0) tx.keep(kept);
    return kept;
  });
  collection.schemaChanged();
  if (stored.length > 0) tx.drop(shared);
}

// --- migration by a closure ---

/** Calls a closure with each instance and puts what it gives into the field. Errors do not stop it; they are told when all is done. */
function migrate(call: Call, field: FieldDef, closure: Closure, rule: FieldRule): void {
  const { cx, type } = call;
  const { tx } = cx;
  let failure: TiError | null = null;
  const instances = [...new Set([...storedInstances(collectionOf(cx), type), ...looseInstances(cx, type)])];
  cx.lock(type);
  for (const thing of instances) {
    cx.spend(1);
    try {
      const value = cx.call(closure, thing);
      if (value === null) continue;
      const fault = rule.check(value);
      if (fault === Fault.NONE) tx.setChecked(thing, field.name, value);
      else
        failure ??= typeErr(`the closure gave a value of the wrong ${fault === Fault.TYPE ? 'type' : 'form'} for \`${rule.definition}\``);
    } catch (error) {
      if (!(error instanceof TiError) || error.code > ErrorCode.ASSERT) throw error;
      // A query that ran out of time fails here again, and then for good.
      cx.spend(Number.MAX_SAFE_INTEGER);
      failure ??= error;
    }
  }
  cx.unlock();
  if (failure !== null) {
    throw operationErr(
      `field \`${field.name}\` of type \`${type.name}\` is changed, but for at least one instance the closure failed: ${failure.message}`,
    );
  }
}

// --- mod ---

/** `mod`: another definition of a property, or another closure of a method. */
export function mod(call: Call): void {
  const { type, args } = call;
  const name = nameOf(call);
  if (name === type.idName) throw typeErr(`cannot modify \`${name}\`: it is the name of the id on type \`${type.name}\``);
  const found = fieldOrMethod(call, name);
  const definition = args[1] as Value;
  if (found instanceof Closure) {
    if (!(definition instanceof Closure)) throw typeErr(`cannot convert method \`${name}\` of type \`${type.name}\` to a property`);
    if (args.length > 2) throw tooMany('a method has no values to migrate');
    type.methods.assign([...type.methods].map(([key, old]) => [key, key === name ? definition : old] as const));
  } else {
    if (definition instanceof Closure && args.length > 2) throw tooMany('a method has no values to migrate');
    if (definition instanceof Closure) throw typeErr(`cannot convert property \`${name}\` of type \`${type.name}\` to a method`);
    modField(call, found, definition);
  }
  changed(call);
}

function modField(call: Call, field: FieldDef, definition: Value): void {
  const { cx, type, args } = call;
  if (field.relation !== null) throw related(type, field, 'modify');
  const callback = args[2];
  if (type.wrapOnly && callback !== undefined) throw tooMany('a type in wrap-only mode has no instances to migrate');
  const rule = ruleOf(collectionOf(cx), type, field.name, definition);
  checkNeeds(
    type,
    [new FieldDef(field.name, rule)],
    type.fields.filter((other) => other !== field),
  );
  if (callback === undefined) {
    if (!type.wrapOnly && !isCompatible(field.rule, rule)) {
      throw operationErr(
        `cannot change the definition of \`${field.name}\` on type \`${type.name}\` from \`${field.rule.definition}\` to \`${rule.definition}\` without a closure that makes the new values`,
      );
    }
    putRule(call, field, rule);
    return;
  }
  modWith(call, field, rule, expectClosure(callback, 'the last argument'));
}

/** While the closure runs, the field takes anything; afterwards, what does not fit becomes what the field begins with. */
function modWith(call: Call, field: FieldDef, rule: FieldRule, closure: Closure): void {
  putRule(call, field, new FieldRule({ kind: RuleKind.ANY, base: 'any' }));
  let misfits = 0;
  try {
    migrate(call, field, closure, rule);
  } finally {
    misfits = settleValues(call, field, rule);
    putRule(call, field, rule);
    changed(call);
  }
  if (misfits === 0) return;
  throw operationErr(
    `field \`${field.name}\` of type \`${call.type.name}\` is changed, but ${misfits} instances got the default, because the closure gave nil`,
  );
}

/** Gives what a field begins with to the instances whose value does not fit; gives how many there were. */
function settleValues({ cx, type }: Call, field: FieldDef, rule: FieldRule): number {
  const collection = collectionOf(cx);
  const slot = type.fields.indexOf(field);
  let misfits = 0;
  for (const thing of [...storedInstances(collection, type), ...looseInstances(cx, type)]) {
    const value = thing.slots[slot] as Value;
    if (rule.check(value) !== Fault.NONE) {
      misfits++;
      cx.tx.setUnlimited(thing, field.name, initialValue(collection, rule));
    } else if (rule.kind === RuleKind.RESTRICTED && value instanceof Thing && value.restriction === null) {
      cx.tx.restrict(value, rule.restriction);
    }
  }
  return misfits;
}

function putRule(call: Call, field: FieldDef, rule: FieldRule): void {
  const { cx, type } = call;
  const ops = record(call, ChangeOp.FIELD_RULE, field.name);
  encodeMember(ops, definitionOf(rule));
  setRule(type, field, rule, [...storedInstances(collectionOf(cx), type), ...looseInstances(cx, type)]);
  collectionOf(cx).schemaChanged();
}

const related = (type: TypeDef, { name }: FieldDef, what: string): TiError =>
  typeErr(
    `cannot ${what} property \`${name}\` of type \`${type.name}\`: it has a relation; end it first by \`mod_type('${type.name}', 'rel', '${name}', nil)\``,
  );

// --- del and ren ---

/** `del`: a property, a method or the name of the id leaves. */
export function del(call: Call): void {
  const { cx, type } = call;
  const name = nameOf(call);
  if (name === type.idName) type.idName = null;
  else {
    const found = fieldOrMethod(call, name);
    if (found instanceof Closure) type.methods.take(name);
    else {
      if (found.relation !== null) throw related(type, found, 'delete');
      const { stored, loose } = instancesOf(call);
      record(call, ChangeOp.DEL_FIELD, name);
      const gone = removeField(type, found, [...stored, ...loose]);
      for (let i = 0; i < stored.length; i++) cx.tx.drop(gone[i] as Value);
    }
  }
  changed(call);
}

/** `ren`: another name. */
export function ren(call: Call): void {
  const { type, args } = call;
  const name = nameOf(call);
  if (name !== type.idName) fieldOrMethod(call, name);
  const to = expectStr(args[1], 'the new name');
  checkName('property', to);
  if (to === name) return;
  if (type.hasName(to)) throw valueErr(`property or method \`${to}\` already exists on type \`${type.name}\``);
  if (name === type.idName) type.idName = to;
  else if (type.methods.has(name)) type.methods.rename(name, to);
  else {
    const field = type.field(name) as FieldDef;
    const { stored, loose } = instancesOf(call);
    record(call, ChangeOp.RENAME_FIELD, name).str(to);
    renameField(type, field, to, [...stored, ...loose]);
  }
  changed(call);
}
