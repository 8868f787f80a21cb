/** `mod_type`: changes of a type that has instances. */
import { ErrorCode, lookupErr, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import { touched } from '../model/apply-types.ts';
import { ChangeOp } from '../model/change.ts';
import { initialValue } from '../model/initial.ts';
import { canRelate, relate, relatedType } from '../model/relations.ts';
import { FieldRule, RuleKind } from '../model/rules.ts';
import { isCompatible } from '../model/rules-fit.ts';
import { setAutoIndex } from '../model/schema-records.ts';
import { encodeMember, encodeStored } from '../model/stored.ts';
import { checkField, checkUnused, FieldDef, type TypeDef, typeByName } from '../model/types.ts';
import { checkMayHaveInstances, checkMayWrapOnly, checkNeeds, definitionOf, ruleOf, taken } from '../model/types-define.ts';
import { addField, removeField, renameField, setRule, storedInstances } from '../model/types-migrate.ts';
import { Closure } from '../values/closure.ts';
import { Fault } from '../values/restriction.ts';
import { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Context, FunctionRow } from './row.ts';
import { checkCount, checkName, collectionOf, expectBool, expectClosure, expectStr, now } from './schema-common.ts';
import { newThing } from './things-common.ts';
import { allInstances, looseInstances, recordTypeInfo } from './types.ts';

/** One call of `mod_type`: `args` are those behind the action. */
interface Call {
  readonly cx: Context;
  readonly type: TypeDef;
  readonly args: readonly Value[];
}

interface Action {
  readonly min: number;
  readonly max: number;
  readonly run: (call: Call) => void;
}

/** Notes that the type is another one now. */
function changed({ cx, type }: Call): void {
  type.modifiedAt = now();
  recordTypeInfo(cx, type);
}

/** The name of a property or method, as the first argument behind the action tells it. */
function nameOf({ args }: Call): string {
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
function record({ cx, type }: Call, op: number, name: string) {
  const { ops } = cx.tx.need();
  ops.int(op);
  ops.int(type.id);
  ops.str(name);
  return ops;
}

// --- add ---

function add(call: Call): void {
  const { cx, type, args } = call;
  const name = nameOf(call);
  const definition = args[1] as Value;
  if (type.hasName(name)) throw taken(type, name);
  if (definition instanceof Closure) {
    if (args.length > 2) throw tooMany('a method has no initial value');
    type.methods.assign([...type.methods, [name, definition]]);
  } else if (definition === '#') {
    if (type.idName !== null) throw lookupErr(`type \`${type.name}\` names its id already, as \`${type.idName}\``);
    if (args.length > 2) throw tooMany('the id has no initial value');
    type.idName = name;
  } else {
    const field = new FieldDef(name, ruleOf(collectionOf(cx), type, name, definition));
    checkNeeds(type, [field]);
    if (type.wrapOnly && args.length > 2) throw tooMany('a type in wrap-only mode has no instances that could get an initial value');
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
  const loose = looseInstances(cx, type);
  const stored = touched(collection, type);
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

function mod(call: Call): void {
  const { type, args } = call;
  const name = nameOf(call);
  if (name === type.idName) throw typeErr(`cannot modify \`${name}\`: it is the name of the id on type \`${type.name}\``);
  const found = fieldOrMethod(call, name);
  const definition = args[1] as Value;
  if (found instanceof Closure) {
    if (args.length > 2) throw tooMany('a method has no values to migrate');
    if (!(definition instanceof Closure)) throw typeErr(`cannot convert method \`${name}\` of type \`${type.name}\` to a property`);
    type.methods.assign([...type.methods].map(([key, old]) => [key, key === name ? definition : old] as const));
  } else {
    if (definition instanceof Closure) throw typeErr(`cannot convert property \`${name}\` of type \`${type.name}\` to a method`);
    modField(call, found, definition);
  }
  changed(call);
}

function modField(call: Call, field: FieldDef, definition: Value): void {
  const { cx, type, args } = call;
  if (field.relation !== null) throw related(type, field, 'modify');
  const rule = ruleOf(collectionOf(cx), type, field.name, definition);
  checkNeeds(
    type,
    [new FieldDef(field.name, rule)],
    type.fields.filter((other) => other !== field),
  );
  const callback = args[2];
  if (callback === undefined) {
    if (!type.wrapOnly && !isCompatible(field.rule, rule)) {
      throw operationErr(
        `cannot change the definition of \`${field.name}\` on type \`${type.name}\` from \`${field.rule.definition}\` to \`${rule.definition}\` without a closure that makes the new values`,
      );
    }
    putRule(call, field, rule);
    return;
  }
  if (type.wrapOnly) throw tooMany('a type in wrap-only mode has no instances to migrate');
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
      cx.tx.setChecked(thing, field.name, initialValue(collection, rule));
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

function del(call: Call): void {
  const { cx, type } = call;
  const name = nameOf(call);
  if (name === type.idName) type.idName = null;
  else {
    const found = fieldOrMethod(call, name);
    if (found instanceof Closure) type.methods.take(name);
    else {
      if (found.relation !== null) throw related(type, found, 'delete');
      const loose = looseInstances(cx, type);
      const stored = touched(collectionOf(cx), type);
      record(call, ChangeOp.DEL_FIELD, name);
      const gone = removeField(type, found, [...stored, ...loose]);
      for (let i = 0; i < stored.length; i++) cx.tx.drop(gone[i] as Value);
    }
  }
  changed(call);
}

function ren(call: Call): void {
  const { cx, type, args } = call;
  const name = nameOf(call);
  const to = expectStr(args[1], 'the new name');
  checkName('property', to);
  if (name !== type.idName) fieldOrMethod(call, name);
  if (to === name) return;
  if (type.hasName(to)) throw valueErr(`property or method \`${to}\` already exists on type \`${type.name}\``);
  if (name === type.idName) type.idName = to;
  else if (type.methods.has(name)) type.methods.rename(name, to);
  else {
    const field = type.field(name) as FieldDef;
    const loose = looseInstances(cx, type);
    const stored = touched(collectionOf(cx), type);
    record(call, ChangeOp.RENAME_FIELD, name).str(to);
    renameField(type, field, to, [...stored, ...loose]);
  }
  changed(call);
}

// --- rel ---

function rel(call: Call): void {
  const { cx, type, args } = call;
  const field = fieldNamed(type, nameOf(call));
  if (args[1] === null) {
    if (field.relation === null) throw typeErr(`property \`${field.name}\` of type \`${type.name}\` has no relation`);
    record(call, ChangeOp.UNRELATE, field.name);
    const { type: other, field: far } = field.relation;
    far.relation = null;
    field.relation = null;
    if (other !== type) changed({ ...call, type: other });
    changed(call);
    return;
  }
  const to = expectStr(args[1], 'the other property of a relation');
  checkRelatable(type, field);
  const other = relatedType(field);
  const far = fieldNamed(other, to);
  checkRelatable(other, far);
  if (relatedType(far) !== type) {
    throw typeErr(
      `property \`${to}\` of type \`${other.name}\` must be of type \`${type.name}\`, but is of type \`${relatedType(far).name}\``,
    );
  }
  if (looseInstances(cx, type).length > 0 || looseInstances(cx, other).length > 0) {
    throw typeErr('a relation can only be made while all instances of its types are stored');
  }
  const things = [...storedInstances(collectionOf(cx), type), ...(other === type ? [] : storedInstances(collectionOf(cx), other))];
  cx.spend(things.length);
  const { tx } = cx;
  relate(tx, [type, field], [other, far], things, () => {
    const ops = record(call, ChangeOp.RELATE, field.name);
    ops.int(other.id);
    ops.str(to);
  });
  if (other !== type) changed({ ...call, type: other });
  changed(call);
}

function fieldNamed(type: TypeDef, name: string): FieldDef {
  const field = type.field(name);
  if (field === undefined) throw lookupErr(`type \`${type.name}\` has no property \`${name}\``);
  return field;
}

function checkRelatable(type: TypeDef, field: FieldDef): void {
  if (!canRelate(field)) {
    throw typeErr(
      `relations are between definitions such as \`Type?\` and \`{Type}\`; property \`${field.name}\` of type \`${type.name}\` is defined as \`${field.rule.definition}\``,
    );
  }
  if (field.relation !== null) throw typeErr(`property \`${field.name}\` of type \`${type.name}\` has a relation already`);
}

// --- all, and modes ---

function all(call: Call): void {
  const { cx, type, args } = call;
  const closure = expectClosure(args[0], 'the last argument');
  cx.lock(type);
  for (const thing of allInstances(cx, type)) cx.call(closure, thing);
  cx.unlock();
}

const mode = ({ args }: Call): boolean => expectBool(args[0], 'the mode');

function wpo(call: Call): void {
  const { cx, type } = call;
  const on = mode(call);
  if (on === type.wrapOnly) return;
  if (on) {
    if (allInstances(cx, type).size > 0) throw operationErr(`type \`${type.name}\` has instances, so it cannot be in wrap-only mode`);
    checkMayWrapOnly(collectionOf(cx), type);
  } else checkMayHaveInstances(type);
  type.wrapOnly = on;
  changed(call);
}

function hid(call: Call): void {
  const on = mode(call);
  if (on === call.type.hideId) return;
  call.type.hideId = on;
  changed(call);
}

function idx(call: Call): void {
  const on = mode(call);
  if (on === call.type.autoIndex) return;
  setAutoIndex(call.type, on);
  changed(call);
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['add', { min: 4, max: 5, run: add }],
  ['mod', { min: 4, max: 5, run: mod }],
  ['del', { min: 3, max: 3, run: del }],
  ['ren', { min: 4, max: 4, run: ren }],
  ['rel', { min: 4, max: 4, run: rel }],
  ['all', { min: 3, max: 3, run: all }],
  ['wpo', { min: 3, max: 3, run: wpo }],
  ['hid', { min: 3, max: 3, run: hid }],
  ['idx', { min: 3, max: 3, run: idx }],
]);

export const modTypeRow: FunctionRow = {
  name: 'mod_type',
  commits: true,
  params: [
    { name: 'type', type: 'str' },
    { name: 'action', type: 'str' },
    { name: 'argument', type: 'any' },
    { name: 'more', type: 'any', rest: true },
  ],
  names: (cx, name) => typeByName(collectionOf(cx), name),
  returns: 'nil',
  doc: 'Changes a type and its instances: `add`, `mod`, `del` or `ren` a property or method, `rel` two properties, call a closure for `all` instances, or switch the modes `wpo`, `hid` and `idx`.',
  example: "set_type('A', {x: 'int'}); a = A{}; mod_type('A', 'add', 'y', 'str', 'new'); a;  // => {\"x\": 0, \"y\": \"new\"}",
  page: 'collection-api/mod_type',
  changes: ['collection'],
  scopes: ['collection'],
  run: (cx, name: string, actionName: string, first: Value, more: readonly Value[]) => {
    cx.tx.need();
    const type = typeByName(collectionOf(cx), name);
    const action = ACTIONS.get(actionName);
    if (action === undefined) {
      throw valueErr(`\`${actionName}\` is no action of \`mod_type\`; there are \`${[...ACTIONS.keys()].join('`, `')}\``);
    }
    checkUnused(type, 'type');
    const args = [first, ...more];
    checkCount(modTypeRow, args.length + 2, action.min, action.max);
    action.run({ cx, type, args });
    return null;
  },
};
