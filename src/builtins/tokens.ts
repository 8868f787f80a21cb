/** Tokens, by which users log in without a password. */
import { randomBytes } from 'node:crypto';
import { ErrorCode, lookupErr, TiError, typeErr, valueErr } from '../errors.ts';
import { isExpired, type Token, type User, userNamed } from '../model/users.ts';
import { DateTime } from '../values/datetime.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Param, Row } from './row.ts';
import { checkOwnOrGrant, needStr, presentSeconds, recordUser, USER } from './users.ts';

const MAX_TOKENS = 129;
const MAX_EXPIRATION = 2 ** 32 - 1;
const SHAPE = /^[\x21-\x7e]{22}$/;

/** 128 random bits in 22 characters of base64. */
const newKey = (): string => randomBytes(16).toString('base64').slice(0, 22);

/** The moment from which on a token does not hold any more; 0 for never. Throws type_err, value_err. */
function expirationOf(value: Value | undefined, now: number): number {
  if (value === undefined || value === null) return 0;
  if (!(value instanceof DateTime)) {
    throw typeErr(
      `function \`new_token\` expects argument 2 to be of type \`datetime\`, \`timeval\` or \`nil\` but got type \`${typeName(value)}\` instead; see https://docs.thingsdb.io/v1/thingsdb-api/new_token`,
    );
  }
  const { seconds } = value;
  if (seconds < now) throw valueErr('the time at which a token expires must not be in the past');
  if (seconds > MAX_EXPIRATION) throw valueErr('the time at which a token expires is too far in the future');
  return Number(seconds);
}

function newToken(cx: Context, name: string, expiration?: Value, description?: Value): Value {
  const user = userNamed(cx.database, name);
  checkOwnOrGrant(cx, user);
  const createdAt = presentSeconds();
  const expiresAt = expirationOf(expiration, createdAt);
  const text = description === undefined ? '' : needStr('new_token', description, 2);
  if (user.tokens.length >= MAX_TOKENS) throw new TiError(ErrorCode.MAX_QUOTA, `a user has at most ${MAX_TOKENS} tokens`);
  const key = newKey();
  cx.database.addToken(user, { key, expiresAt, createdAt, description: text });
  recordUser(cx, user);
  return key;
}

function checkShape(what: string, key: string): void {
  if (!SHAPE.test(key)) {
    throw valueErr(`function \`${what}\` expects argument 1 to be a token; see https://docs.thingsdb.io/v1/thingsdb-api/${what}`);
  }
}

function delToken(cx: Context, key: string): Value {
  cx.tx.need();
  checkShape('del_token', key);
  const user = cx.database.userByToken(key);
  if (user === undefined) throw lookupErr(`token \`${key}\` not found`);
  checkOwnOrGrant(cx, user);
  remove(cx, user, (token) => token.key === key);
  return null;
}

function hasToken(cx: Context, key: string): Value {
  checkShape('has_token', key);
  return cx.database.userByToken(key) !== undefined;
}

function delExpired(cx: Context): Value {
  cx.tx.need();
  const now = Date.now() / 1000;
  for (const user of cx.database.users.values()) remove(cx, user, (token) => isExpired(token, now));
  return null;
}

function remove(cx: Context, user: User, gone: (token: Token) => boolean): void {
  if (cx.database.removeTokens(user, gone)) recordUser(cx, user);
}

const TOKEN: Param = { name: 'token', type: 'str' };

export const tokenRows: readonly Row[] = [
  {
    name: 'new_token',
    params: [USER, { name: 'expiration', type: 'any', optional: true }, { name: 'description', type: 'any', optional: true }],
    returns: 'str',
    doc: 'Makes a token by which a user can log in, for ever or until a time.',
    example: "new_user('iris'); new_token('iris', datetime().move('days', 1)).len();  // => 22",
    page: 'thingsdb-api/new_token',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: newToken,
  },
  {
    name: 'del_token',
    params: [TOKEN],
    returns: 'nil',
    doc: 'Removes a token; connections that logged in with it stay.',
    example: "new_user('iris'); del_token(new_token('iris'));  // => null",
    page: 'thingsdb-api/del_token',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    run: delToken,
  },
  {
    name: 'has_token',
    params: [TOKEN],
    returns: 'bool',
    doc: 'Whether there is such a token.',
    example: "has_token('aaaaaaaaaaaaaaaaaaaaaa');  // => false",
    page: 'thingsdb-api/has_token',
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: hasToken,
  },
  {
    name: 'del_expired',
    params: [],
    returns: 'nil',
    doc: 'Removes all tokens that have expired.',
    example: 'del_expired();  // => null',
    page: 'thingsdb-api/del_expired',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'GRANT',
    run: delExpired,
  },
];
