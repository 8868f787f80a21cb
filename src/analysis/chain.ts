/** Chains: properties, methods, indexes and slices, link by link. */
import type { ChainExpr, IndexLink, Link, MethodLink, PropertyLink, SliceLink } from '../ast/nodes.ts';
import { library } from '../builtins/library.ts';
import { Kind, kindMask, type Row } from '../builtins/row.ts';
import { earlierName, methodNames, methodRows, unknownKinds } from './builtin-names.ts';
import { callResult, checkCount, checkScope, inferArguments } from './call.ts';
import type { Inference } from './infer.ts';
import { nearName } from './near.ts';
import { operation } from './operations.ts';
import type { Callable, TypeModel } from './schema.ts';
import { checkAdded, isArrayOfOthers } from './sets.ts';
import {
  ANY,
  ANY_MASK,
  can,
  describe,
  describeValue,
  INT,
  isAny,
  join,
  listOf,
  NEVER,
  ofMask,
  only,
  restrict,
  STR,
  type Type,
  without,
} from './types.ts';

/** What `..` ends a chain with. */
const ENDING = Kind.nil | Kind.error;
/** What may have methods and properties of its own. */
const OWNERS = Kind.thing | Kind.wrap | Kind.enum;

export function inferChain(inf: Inference, chain: ChainExpr): Type {
  let type = chain.base === null ? root(inf, chain) : inf.expr(chain.base);
  let ended: Type = NEVER;
  const { uncertain } = inf.cx;
  chain.links.forEach((link, i) => {
    if ((link.kind === 'PropertyLink' || link.kind === 'MethodLink') && link.optional && (i > 0 || chain.base !== null)) {
      ended = join(ended, restrict(type, ENDING));
      const left = without(type, ENDING);
      if (can(type, ENDING)) inf.cx.uncertain++;
      // What is nil for sure ends here, and what is behind it is never asked.
      if (left.mask === 0) {
        type = NEVER;
        return;
      }
      type = inferLink(inf, chain, link, i, left);
    } else type = inferLink(inf, chain, link, i, type);
    inf.cx.types.set(link, type);
    if (link.kind === 'PropertyLink' || link.kind === 'MethodLink') inf.cx.types.set(link.name, type);
  });
  inf.cx.uncertain = uncertain;
  return join(type, ended);
}

function root(inf: Inference, chain: ChainExpr): Type {
  const { cx } = inf;
  if (cx.scope !== null && cx.scope !== 'collection') {
    cx.fails('other-scope', { start: chain.start, end: chain.start + 1 }, `the scope @${cx.scope} has no root`, {
      reason: 'only collections have things',
    });
  }
  return inf.root;
}

function inferLink(inf: Inference, chain: ChainExpr, link: Link, i: number, on: Type): Type {
  if (chain.base === null && 'assign' in link && link.assign !== null) inf.changesStored(link, 'an assignment to what is stored');
  switch (link.kind) {
    case 'PropertyLink':
      return property(inf, link, on);
    case 'MethodLink':
      return method(inf, chain, link, i, on);
    case 'IndexLink':
      return index(inf, link, on);
    case 'SliceLink':
      return slice(inf, link, on);
  }
}

// --- properties ---

function property(inf: Inference, link: PropertyLink, on: Type): Type {
  const { cx } = inf;
  const { assign } = link;
  const current = on.mask === 0 ? NEVER : propertyType(inf, link, on, assign?.op === '=');
  if (assign === null) return current;
  const value = inf.expr(assign.value);
  if (on.mask === 0) return NEVER;
  const result = assign.op === '=' ? value : operation(inf, assign.op.slice(0, -1) as '+', current, value, link);
  checkField(inf, on, link.name.name, result, assign.value);
  cx.types.set(link.name, assign.op === '=' && !isAny(current) ? current : result);
  return result;
}

function propertyType(inf: Inference, link: PropertyLink, on: Type, isSet: boolean): Type {
  const { cx } = inf;
  const name = link.name.name;
  if (!can(on, Kind.thing)) {
    const isMissing = can(on, Kind.nil) && !only(on, Kind.nil);
    cx.fails('no-property', link, `\`${describe(on)}\` has no properties`, isMissing ? { reason: 'it is nil or an error here' } : {});
    return ANY;
  }
  if (!only(on, OWNERS | Kind.nil)) return ANY;
  if (on.name !== null) {
    const model = cx.schema.types.get(on.name);
    return model === undefined ? ANY : fieldOf(inf, model, link, isSet);
  }
  if (on.fields === null || isSet) return ANY;
  const type = on.fields.get(name);
  if (type !== undefined) return type;
  cx.fails('unknown-property', link.name, `the thing has no property \`${name}\``, { near: nearName(name, on.fields.keys()) });
  return ANY;
}

function fieldOf(inf: Inference, model: TypeModel, link: PropertyLink, isSet: boolean): Type {
  const name = link.name.name;
  const field = model.fields.get(name);
  if (field !== undefined) return model.closed ? inf.cx.schema.fieldType(field) : ANY;
  if (model.methods.has(name) && !isSet) return ofMask(Kind.closure);
  if (!model.closed) return ANY;
  unknownField(inf, model, link.name, isSet ? [...model.fields.keys()] : [...model.fields.keys(), ...model.methods.keys()]);
  return ANY;
}

/** `fate`: what becomes of it, when that is no error. */
export function unknownField(inf: Inference, model: TypeModel, at: PropertyLink['name'], names: Iterable<string>, fate = ''): void {
  inf.cx.fails('unknown-property', at, `the type \`${model.name}\` has no property \`${at.name}\`${fate}`, {
    near: nearName(at.name, names),
    severity: fate === '' ? 'error' : 'warning',
  });
}

/** Tells when a value does not fit into the field of a type. */
export function checkField(
  inf: Inference,
  on: Type,
  name: string,
  value: Type,
  at: { readonly start: number; readonly end: number },
): void {
  if (on.name === null || !can(on, Kind.thing)) return;
  const model = inf.cx.schema.types.get(on.name);
  const field = model?.fields.get(name);
  if (field === undefined || model?.closed !== true || value.mask === 0) return;
  const wanted = inf.cx.schema.fieldType(field);
  const doesFit = fits(value, wanted);
  if (doesFit && (value.value === undefined || can(wanted, Kind.enum) || inf.cx.schema.takes(field, value.value))) return;
  const what = doesFit ? describeValue(value) : describe(value);
  inf.cx.fails('field-type', at, `the field \`${name}\` of \`${on.name}\` is \`${field.definition}\`, which \`${what}\` does not fit`);
}

/** Lists fit into sets, things become instances, and values members: what a field takes is more than what it gives. */
function fits(value: Type, wanted: Type): boolean {
  const takes = wanted.mask | (can(wanted, Kind.set) ? Kind.list | Kind.tuple : 0) | (can(wanted, Kind.list) ? Kind.tuple : 0);
  const more = can(wanted, Kind.enum) ? ANY_MASK : takes;
  if (!can(value, more) || (only(wanted, Kind.set | Kind.nil) && isArrayOfOthers(value))) return false;
  if (!only(value, Kind.thing) || !only(wanted, Kind.thing | Kind.nil)) return true;
  return value.name === null || wanted.name === null || value.name === wanted.name;
}

// --- methods ---

/** The methods of types and enumerators that a value may have. */
function ownMethod(inf: Inference, on: Type, name: string): Callable | undefined {
  const { types, enums } = inf.cx.schema;
  if (on.name === null) return undefined;
  return (only(on, Kind.enum | Kind.nil) ? enums.get(on.name)?.methods : types.get(on.name)?.methods)?.get(name);
}

function method(inf: Inference, chain: ChainExpr, link: MethodLink, i: number, on: Type): Type {
  const name = link.name.name;
  const all = library.methodTable(name).builtins;
  const rows = all.filter(({ receiver }) => (receiver & on.mask) !== 0).map(({ row }) => row);
  const covered = all.reduce((bits, { receiver }) => bits | receiver, 0);
  const uncovered = on.mask & ~covered;
  if (on.mask === 0 || (rows.length === 0 && !(uncovered & (OWNERS | unknownKinds())) && !(name === 'call' && can(on, Kind.closure)))) {
    if (on.mask !== 0) noMethod(inf, link, on);
    inf.maybe(() => inf.all(link.args));
    return ANY;
  }
  // Whether it is one of the built-ins for sure, if it does not fail.
  const isBuiltin = rows.length > 0 && (uncovered & (OWNERS | Kind.closure | unknownKinds())) === 0;
  if (isBuiltin) {
    if (!checkCount(inf, rows, link.name, link.args.length)) {
      inf.all(link.args);
      return ANY;
    }
    if (chain.base === null && i > 0 && rows.every(changes)) inf.changesStored(link, `\`${name}\` on what is stored`);
    const [row] = rows as [Row];
    if (rows.length === 1) checkScope(inf, row, link.name);
  } else if (rows.length === 0) ownMethodCall(inf, link, on);
  return callOn(inf, rows, link, on, isBuiltin, covered);
}

const changes = (row: Row): boolean => row.receiver !== undefined && row.notUnderNse === true && row.changes !== undefined;

function callOn(inf: Inference, rows: readonly Row[], link: MethodLink, on: Type, isBuiltin: boolean, covered: number): Type {
  const self = restrict(on, covered);
  const usable = isBuiltin || isAny(on) ? rows : [];
  // With an unknown receiver, a closure is still called with what all methods of the name call it with, if that is one and the same.
  const given = inferArguments(inf, isBuiltin && usable.length > 1 ? sameTakes(usable) : isBuiltin ? usable : [], link.args, self);
  if (!isBuiltin) return ANY;
  if (link.name.name === 'add' && only(on, Kind.set)) checkAdded(inf.cx, link.args, given.args);
  let type: Type = NEVER;
  for (const row of rows) type = join(type, callResult(inf, row, { ...given, self: restrict(on, kindMask(row.receiver ?? 'any')) }));
  return type;
}

/** Of several rows, the one to check arguments by: only when all agree on them. */
function sameTakes(rows: readonly Row[]): readonly Row[] {
  const [first, ...rest] = rows as [Row, ...Row[]];
  const text = (row: Row): string => JSON.stringify(row.params);
  return rest.every((row) => text(row) === text(first)) ? [first] : rows;
}

function noMethod(inf: Inference, link: MethodLink, on: Type): void {
  const { cx } = inf;
  const name = link.name.name;
  const own = methodRows().filter((row) => (kindMask(row.receiver ?? 'any') & on.mask) !== 0);
  const now = earlierName(name, true);
  if (now !== null && own.some((row) => row.name === now)) {
    tellEarlier(inf, link, now);
    return;
  }
  const near = nearName(
    name,
    own.map((row) => row.name),
  );
  const others = near === null ? library.methodTable(name).builtins.map(({ row }) => row.receiver ?? 'any') : [];
  cx.fails('unknown-method', link.name, `\`${describe(on)}\` has no method \`${name}\``, {
    near,
    ...(others.length === 0
      ? {}
      : { reason: `it is a method of ${others.map((other) => `\`${other.split('|').join('` or `')}\``).join(' or ')}` }),
  });
}

function tellEarlier(inf: Inference, { name: at }: MethodLink, now: string): void {
  inf.cx.fails('earlier-name', at, `\`${at.name}\` is the name that \`${now}\` had in earlier versions`, {
    fix: { title: `replace it by \`${now}\``, edits: [{ start: at.start, end: at.end, text: now }], safe: true },
  });
}

/** A call of what is no built-in: a method of a type, or a closure in a property. */
function ownMethodCall(inf: Inference, link: MethodLink, on: Type): void {
  const { cx } = inf;
  const name = link.name.name;
  const own = ownMethod(inf, on, name);
  if (own !== undefined) {
    inf.calledWithEffects(own, link.name);
    return;
  }
  if (on.name !== null && only(on, OWNERS)) {
    const model = only(on, Kind.enum) ? cx.schema.enums.get(on.name) : cx.schema.types.get(on.name);
    const fields = model !== undefined && 'fields' in model ? model.fields : null;
    if (model?.closed !== true || fields?.has(name) === true) return;
    const builtins = methodRows().filter((row) => (kindMask(row.receiver ?? 'any') & on.mask) !== 0);
    const near = nearName(name, [...model.methods.keys(), ...builtins.map((row) => row.name)]);
    cx.fails('unknown-method', link.name, `\`${on.name}\` has no method \`${name}\``, { near });
    return;
  }
  // A thing may have a closure of any name; but not one of a name that is almost that of a built-in, if nobody ever made it.
  if (cx.properties.has(name)) return;
  const now = earlierName(name, true);
  if (now !== null) {
    tellEarlier(inf, link, now);
    return;
  }
  const near = nearName(name, methodNames());
  if (near !== null) cx.fails('unknown-method', link.name, `there is no method \`${name}\``, { near, severity: 'warning' });
}

// --- indexes ---

const INDEXED = Kind.list | Kind.tuple | Kind.str | Kind.bytes | Kind.thing;
const SLICED = Kind.list | Kind.tuple | Kind.str | Kind.bytes;

function index(inf: Inference, link: IndexLink, on: Type): Type {
  const { cx } = inf;
  const at = inf.expr(link.index);
  const value = link.assign === null ? null : inf.expr(link.assign.value);
  if (on.mask === 0) return NEVER;
  if (!can(on, INDEXED)) {
    cx.fails('no-index', link, `\`${describe(on)}\` cannot be indexed`);
    return ANY;
  }
  const wanted = (can(on, SLICED) ? Kind.int : 0) | (can(on, Kind.thing) ? Kind.str : 0);
  if (at.mask !== 0 && !can(at, wanted)) {
    const text = can(on, SLICED) ? (can(on, Kind.thing) ? 'an int or a name' : 'an int') : 'a name';
    cx.fails('no-index', link.index, `\`${describe(on)}\` is indexed by ${text}, not by \`${describe(at)}\``);
  }
  if (value !== null) return value;
  if (only(on, Kind.str)) return STR;
  if (only(on, Kind.list | Kind.tuple)) return on.item ?? ANY;
  return ANY;
}

function slice(inf: Inference, link: SliceLink, on: Type): Type {
  const { cx } = inf;
  for (const part of [link.from, link.to, link.step]) {
    if (part === null) continue;
    const type = inf.expr(part);
    if (type.mask !== 0 && !can(type, INT.mask | Kind.nil)) {
      cx.fails('no-index', part, `a part of a slice is an int or nil, not \`${describe(type)}\``, { severity: 'warning' });
    }
  }
  const value = link.assign === null ? null : inf.expr(link.assign.value);
  if (on.mask === 0) return NEVER;
  if (!can(on, SLICED)) {
    cx.fails('no-index', link, `\`${describe(on)}\` has no slices`);
    return ANY;
  }
  if (value !== null) return value;
  if (only(on, Kind.str)) return STR;
  return only(on, Kind.list | Kind.tuple) ? listOf(on.item) : ANY;
}
