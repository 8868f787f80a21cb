/** Rights of users on scopes, and the whitelists of rooms and procedures. */
import { lookupErr, operationErr, typeErr, valueErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import { accessKey, checkRights, Right, type RightScope } from '../model/rights.ts';
import { parseScope } from '../model/scope.ts';
import { ruleText, type User, userNamed, WHITELISTS, type WhitelistName, type WhitelistRule } from '../model/users.ts';
import { Regex } from '../values/regex.ts';
import { isName } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Param, Row } from './row.ts';
import { needStr, recordUser, USER } from './users.ts';

/** The scope that a text names, and the user of a name, when who asks may change the rights on that scope. */
function target(cx: Context, scopeText: string, name: Value, what: string): { key: string; scope: RightScope; user: User } {
  const scope = parseScope(scopeText);
  const collection: Collection | null = scope.kind === 'collection' ? cx.database.collectionByName(scope.name) : null;
  checkRights(cx.user, scope.kind, collection, Right.GRANT);
  const user = userNamed(cx.database, needStr(what, name, 1));
  return { key: accessKey(scope.kind, collection), scope: scope.kind, user };
}

/** A mask of rights: the bits that mean one. Throws type_err. */
function maskOf(value: Value, what: string): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(BigInt.asUintN(5, BigInt(value)));
  throw typeErr(
    `function \`${what}\` expects argument 3 to be of type \`int\` but got type \`${typeName(value)}\` instead; see https://docs.thingsdb.io/v1/thingsdb-api/${what}`,
  );
}

function grant(cx: Context, scope: string, name: Value, rights: Value): Value {
  const { key, user } = target(cx, scope, name, 'grant');
  const mask = maskOf(rights, 'grant');
  // Who may give rights may change things.
  const more = (mask & Right.GRANT) === 0 ? mask : mask | Right.CHANGE;
  user.access.set(key, (user.access.get(key) ?? 0) | more);
  recordUser(cx, user);
  return null;
}

function revoke(cx: Context, scope: string, name: Value, rights: Value): Value {
  const { key, user } = target(cx, scope, name, 'revoke');
  const mask = maskOf(rights, 'revoke');
  const less = (mask & Right.CHANGE) === 0 ? mask : mask | Right.GRANT;
  if (user === cx.user && (less & (Right.GRANT | Right.QUERY)) !== 0) {
    throw operationErr('you cannot revoke your own `GRANT` or `QUERY`; see https://docs.thingsdb.io/v1/thingsdb-api/revoke');
  }
  const left = (user.access.get(key) ?? 0) & ~less;
  if (left === 0) user.access.delete(key);
  else user.access.set(key, left);
  recordUser(cx, user);
  return null;
}

function whitelistName(value: string): WhitelistName {
  const name = WHITELISTS.find((known) => known === value);
  if (name === undefined) throw valueErr(`there is no whitelist \`${value}\`; expecting \`rooms\` or \`procedures\``);
  return name;
}

function ruleOf(value: Value): WhitelistRule {
  if (value instanceof Regex) return value;
  if (typeof value !== 'string') {
    throw typeErr(`a rule of a whitelist is of type \`str\` or \`regex\`, not \`${typeName(value)}\``);
  }
  if (!isName(value)) {
    throw valueErr('a rule of a whitelist is a regular expression or a name; see https://docs.thingsdb.io/v1/overview/names');
  }
  return value;
}

const indexOf = (rules: readonly WhitelistRule[], rule: WhitelistRule): number =>
  rules.findIndex((other) => typeof other === typeof rule && ruleText(other) === ruleText(rule));

function whitelistAdd(cx: Context, userName: string, list: string, given?: Value): Value {
  const user = userNamed(cx.database, userName);
  const name = whitelistName(list);
  const rules = user.whitelists.get(name);
  if (given === undefined) {
    if (rules !== undefined) throw lookupErr(`user \`${userName}\` has a whitelist for ${name} already`);
    user.whitelists.set(name, []);
  } else {
    const rule = ruleOf(given);
    if (rules !== undefined && indexOf(rules, rule) >= 0) throw lookupErr(`\`${ruleText(rule)}\` is in the whitelist already`);
    if (rules === undefined) user.whitelists.set(name, [rule]);
    else rules.push(rule);
  }
  recordUser(cx, user);
  return null;
}

function whitelistDel(cx: Context, userName: string, list: string, given?: Value): Value {
  const user = userNamed(cx.database, userName);
  const name = whitelistName(list);
  const rule = given === undefined ? null : ruleOf(given);
  const rules = user.whitelists.get(name);
  if (rules === undefined) throw lookupErr(`user \`${userName}\` has no whitelist for ${name}`);
  if (rule === null) user.whitelists.delete(name);
  else {
    const at = indexOf(rules, rule);
    if (at < 0) throw lookupErr(`\`${ruleText(rule)}\` is not in the whitelist`);
    rules.splice(at, 1);
  }
  recordUser(cx, user);
  return null;
}

const ACCESS: readonly Param[] = [
  { name: 'scope', type: 'any' },
  { name: 'user', type: 'any' },
  { name: 'mask', type: 'any' },
];
const WHITELIST: readonly Param[] = [USER, { name: 'whitelist', type: 'str' }, { name: 'rule', type: 'any', optional: true }];

function scopeText(value: Value): string {
  if (typeof value === 'string') return value;
  throw typeErr(`expecting a scope to be of type \`str\` but got type \`${typeName(value)}\` instead`);
}

export const rightRows: readonly Row[] = [
  {
    name: 'grant',
    params: ACCESS,
    returns: 'nil',
    doc: 'Gives a user rights on a scope; `GRANT` brings `CHANGE` with it.',
    example: "new_user('iris'); grant('@thingsdb', 'iris', QUERY|RUN); user_info('iris').load().access[0].privileges;  // => \"QUERY|RUN\"",
    page: 'thingsdb-api/grant',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: (cx, scope: Value, user: Value, mask: Value) => grant(cx, scopeText(scope), user, mask),
  },
  {
    name: 'revoke',
    params: ACCESS,
    returns: 'nil',
    doc: 'Takes rights on a scope from a user; `CHANGE` takes `GRANT` with it.',
    example:
      "new_user('iris'); grant('@thingsdb', 'iris', USER); revoke('@thingsdb', 'iris', RUN|JOIN); user_info('iris').load().access[0].privileges;  // => \"QUERY|CHANGE\"",
    page: 'thingsdb-api/revoke',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: (cx, scope: Value, user: Value, mask: Value) => revoke(cx, scopeText(scope), user, mask),
  },
  {
    name: 'whitelist_add',
    params: WHITELIST,
    returns: 'nil',
    doc: 'Adds a rule to the rooms or procedures that a user may use; without one, makes the empty list.',
    example:
      "new_user('iris'); whitelist_add('iris', 'rooms', /^api_.*/); user_info('iris').load().whitelists.rooms;  // => [\"/^api_.*/\"]",
    page: 'thingsdb-api/whitelist_add',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: whitelistAdd,
  },
  {
    name: 'whitelist_del',
    params: WHITELIST,
    returns: 'nil',
    doc: 'Takes a rule from the rooms or procedures that a user may use; without one, the whole list, so that all may be used.',
    example:
      "new_user('iris'); whitelist_add('iris', 'rooms', 'lobby'); whitelist_del('iris', 'rooms'); user_info('iris').load().whitelists;  // => {}",
    page: 'thingsdb-api/whitelist_del',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: whitelistDel,
  },
];
