/** Users: how they log in, what they may do where, and how all that is written. */
import { lookupErr } from '../errors.ts';
import type { MsgpackReader } from '../msgpack/reader.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Regex } from '../values/regex.ts';
import { type Change, ChangeOp } from './change.ts';
import type { Database } from './database.ts';
import { readInt, readStr } from './read.ts';

export interface Token {
  /** 22 characters of base64. */
  readonly key: string;
  /** UNIX time in seconds from which on it does not hold; 0: it holds for ever. */
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly description: string;
}

export const WHITELISTS = ['rooms', 'procedures'] as const;
export type WhitelistName = (typeof WHITELISTS)[number];

/** A name, or what names must match. */
export type WhitelistRule = string | Regex;

export interface User {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  /** As `hashPassword` makes it; null: no log in by password. */
  passwordHash: string | null;
  /** Settles when a password that was set is hashed and in force; null when none is on its way. Not stored. */
  newPassword: Promise<void> | null;
  /** Scope (`@node`, `@thingsdb` or the id of a collection) to rights. */
  readonly access: Map<string, number>;
  readonly tokens: Token[];
  /** The rooms and procedures that the user may use; all of them where there is no list. */
  readonly whitelists: Map<WhitelistName, WhitelistRule[]>;
}

export function newUser(id: number, name: string, createdAt: number): User {
  return { id, name, createdAt, passwordHash: null, newPassword: null, access: new Map(), tokens: [], whitelists: new Map() };
}

/** Records a user as it is now. */
export function recordUser(change: Change, user: User): void {
  change.ops.int(ChangeOp.USER);
  encodeUser(change.ops, user);
}

/** Throws lookup_err. */
export function userNamed(database: Database, name: string): User {
  const user = database.userByName(name);
  if (user === undefined) throw lookupErr(`user \`${name}\` not found`);
  return user;
}

export const isExpired = (token: Token, now: number): boolean => token.expiresAt !== 0 && token.expiresAt <= now;

/** Names are short, so that matching one takes no time worth counting. */
const UNCOUNTED = { spend: () => undefined };

/** Whether the user may use the room or procedure of that name; a room without name fits no rule. */
export function isWhitelisted(user: User, list: WhitelistName, name: string | null): boolean {
  const rules = user.whitelists.get(list);
  if (rules === undefined) return true;
  return name !== null && rules.some((rule) => (typeof rule === 'string' ? rule === name : rule.matcher.test(name, UNCOUNTED)));
}

/** The text of a rule as answers tell it; one of a regular expression starts with a slash, which no name does. */
export const ruleText = (rule: WhitelistRule): string => (typeof rule === 'string' ? rule : rule.text);

function ruleOf(text: string): WhitelistRule {
  if (!text.startsWith('/')) return text;
  const end = text.lastIndexOf('/');
  return new Regex(text.slice(1, end), text.slice(end + 1));
}

export function encodeUser(w: MsgpackWriter, user: User): void {
  w.int(user.id);
  w.str(user.name);
  w.int(user.createdAt);
  w.str(user.passwordHash ?? '');
  w.int(user.access.size);
  for (const [scope, rights] of user.access) {
    w.str(scope);
    w.int(rights);
  }
  w.int(user.tokens.length);
  for (const token of user.tokens) {
    w.str(token.key);
    w.int(token.expiresAt);
    w.int(token.createdAt);
    w.str(token.description);
  }
  w.int(user.whitelists.size);
  for (const [name, rules] of user.whitelists) {
    w.int(WHITELISTS.indexOf(name));
    w.int(rules.length);
    for (const rule of rules) w.str(ruleText(rule));
  }
}

export function decodeUser(r: MsgpackReader, database: Database): void {
  const user = newUser(readInt(r), readStr(r), readInt(r));
  user.passwordHash = readStr(r) || null;
  for (let left = readInt(r); left > 0; left--) user.access.set(readStr(r), readInt(r));
  for (let left = readInt(r); left > 0; left--) {
    user.tokens.push({ key: readStr(r), expiresAt: readInt(r), createdAt: readInt(r), description: readStr(r) });
  }
  for (let left = readInt(r); left > 0; left--) {
    const name = WHITELISTS[readInt(r)];
    if (name === undefined) throw new Error('damaged record: a whitelist of no known kind');
    const rules: WhitelistRule[] = [];
    for (let more = readInt(r); more > 0; more--) rules.push(ruleOf(readStr(r)));
    user.whitelists.set(name, rules);
  }
  database.putUser(user);
}
