/** `mod_enum`: changes of an enumerator whose members are in use. */
import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { checkMemberValue, type EnumDef } from '../model/enums.ts';
import { checkUnused, takeOut } from '../model/types.ts';
import { Closure } from '../values/closure.ts';
import type { EnumMember } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import { checkMembersFree, enumNames, recordEnum } from './enums.ts';
import type { Context, FunctionRow } from './row.ts';
import { checkCount, checkName, collectionOf, enumByName, expectStr, now } from './schema-common.ts';

/** One call of `mod_enum`; `value` is what stands behind the name. */
interface Call {
  readonly cx: Context;
  readonly enumeration: EnumDef;
  readonly name: string;
  readonly value: Value;
}

interface Action {
  /** Arguments behind the action. */
  readonly count: number;
  /** True when something changed. */
  readonly run: (call: Call) => boolean;
}

function memberOf({ enumeration, name }: Call): EnumMember {
  return enumeration.member(name);
}

function add({ cx, enumeration, name, value }: Call): boolean {
  if (enumeration.hasName(name)) throw valueErr(`member or method \`${name}\` already exists on enum \`${enumeration.name}\``);
  if (value instanceof Closure) enumeration.methods.assign([...enumeration.methods, [name, value]]);
  else {
    checkMemberValue(enumeration, value);
    cx.tx.keep(value);
    enumeration.add(name, value);
  }
  return true;
}

/** The default is the first member: it changes places with that one. */
function def(call: Call): boolean {
  const { enumeration } = call;
  const member = memberOf(call);
  if (member === enumeration.first) return false;
  const members = [...enumeration.members.values()];
  members[members.indexOf(member)] = enumeration.first;
  members[0] = member;
  enumeration.setMembers(members);
  return true;
}

function del(call: Call): boolean {
  const { cx, enumeration, name } = call;
  if (enumeration.methods.has(name)) {
    enumeration.methods.take(name);
    return true;
  }
  const member = memberOf(call);
  if (enumeration.members.size === 1) throw lookupErr(`\`${name}\` is the only member of enum \`${enumeration.name}\`, which needs one`);
  checkMembersFree(cx, enumeration, (other) => other === member);
  enumeration.setMembers(takeOut([...enumeration.members.values()], (other) => other === member));
  cx.tx.drop(member.value);
  return true;
}

function mod(call: Call): boolean {
  const { cx, enumeration, name, value } = call;
  if (enumeration.methods.has(name)) {
    if (!(value instanceof Closure)) throw typeErr(`cannot convert method \`${name}\` of enum \`${enumeration.name}\` to a member`);
    enumeration.methods.assign([...enumeration.methods].map(([key, old]) => [key, key === name ? value : old] as const));
    return true;
  }
  const member = memberOf(call);
  if (value instanceof Closure) throw typeErr(`cannot convert member \`${name}\` of enum \`${enumeration.name}\` to a method`);
  if (member.value === value || enumeration.find(value) === member) return false;
  checkMemberValue(enumeration, value);
  cx.tx.keep(value);
  cx.tx.drop(member.value);
  member.value = value;
  return true;
}

function ren(call: Call): boolean {
  const { enumeration, name, value } = call;
  const to = expectStr(value, 'the new name');
  checkName('member', to);
  const isMethod = enumeration.methods.has(name);
  const member = isMethod ? null : memberOf(call);
  if (to === name) return false;
  if (enumeration.hasName(to)) throw valueErr(`member or method \`${to}\` already exists on enum \`${enumeration.name}\``);
  if (member === null) enumeration.methods.rename(name, to);
  else {
    member.name = to;
    enumeration.setMembers(enumeration.members.values());
  }
  return true;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['add', { count: 2, run: add }],
  ['def', { count: 1, run: def }],
  ['del', { count: 1, run: del }],
  ['mod', { count: 2, run: mod }],
  ['ren', { count: 2, run: ren }],
]);

export const modEnumRow: FunctionRow = {
  name: 'mod_enum',
  commits: true,
  params: [
    { name: 'enum', type: 'str' },
    { name: 'action', type: 'str' },
    { name: 'name', type: 'str' },
    { name: 'more', type: 'any', rest: true },
  ],
  names: enumNames,
  returns: 'nil',
  doc: 'Changes an enumerator: `add`, `mod`, `del` or `ren` a member or method, or make a member the default with `def`.',
  example: "set_enum('Size', {S: 1}); mod_enum('Size', 'add', 'L', 9); enum_map('Size');  // => {\"S\": 1, \"L\": 9}",
  page: 'collection-api/mod_enum',
  changes: ['collection'],
  scopes: ['collection'],
  run: (cx, enumName: string, actionName: string, name: string, more: readonly Value[]) => {
    cx.tx.need();
    const enumeration = enumByName(collectionOf(cx), enumName);
    const action = ACTIONS.get(actionName);
    if (action === undefined) {
      throw valueErr(`\`${actionName}\` is no action of \`mod_enum\`; there are \`${[...ACTIONS.keys()].join('`, `')}\``);
    }
    checkUnused(enumeration, 'enum');
    checkCount('mod_enum', actionName, more.length + 3, action.count + 2, action.count + 2);
    checkName('member', name);
    if (!action.run({ cx, enumeration, name, value: more[0] ?? null })) return null;
    enumeration.modifiedAt = now();
    recordEnum(cx, enumeration);
    return null;
  },
};
