/** `mod_type`: changes of a type that has instances. */
import { lookupErr, operationErr, typeErr, valueErr } from '../errors.ts';
import { ChangeOp } from '../model/change.ts';
import { canRelate, relate, relatedType } from '../model/relations.ts';
import { setAutoIndex } from '../model/schema-records.ts';
import { checkUnused, type FieldDef, type TypeDef, typeByName } from '../model/types.ts';
import { checkMayHaveInstances, checkMayWrapOnly } from '../model/types-define.ts';
import { storedInstances } from '../model/types-migrate.ts';
import type { Value } from '../values/value.ts';
import { add, type Call, changed, del, mod, nameOf, record, ren } from './mod-type-fields.ts';
import type { FunctionRow } from './row.ts';
import { checkCount, collectionOf, expectBool, expectClosure, expectStr } from './schema-common.ts';
import { allInstances, looseInstances } from './types.ts';

interface Action {
  readonly min: number;
  readonly max: number;
  readonly run: (call: Call) => void;
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
    checkCount('mod_type', actionName, args.length + 2, action.min, action.max);
    action.run({ cx, type, args });
    return null;
  },
};
