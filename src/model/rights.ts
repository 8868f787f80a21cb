/** Rights: bits, and who may do what where. */
import { ErrorCode, TiError } from '../errors.ts';
import type { Collection } from './collection.ts';
import type { User } from './users.ts';

export const Right = { QUERY: 1, CHANGE: 2, GRANT: 4, JOIN: 8, RUN: 16, USER: 27, FULL: 31 } as const;

const NAMES: readonly (readonly [number, string])[] = [
  [Right.FULL, 'FULL'],
  [Right.USER, 'USER'],
  [Right.QUERY, 'QUERY'],
  [Right.CHANGE, 'CHANGE'],
  [Right.GRANT, 'GRANT'],
  [Right.JOIN, 'JOIN'],
  [Right.RUN, 'RUN'],
];

/** The rights in a mask by name, as few as possible: `FULL`, `QUERY|RUN`, `NO_ACCESS`. */
export function rightsText(mask: number): string {
  const names: string[] = [];
  let left = mask;
  for (const [bits, name] of NAMES) {
    if ((left & bits) !== bits) continue;
    names.push(name);
    left &= ~bits;
  }
  return names.length === 0 ? 'NO_ACCESS' : names.join('|');
}

/** The kinds of scopes that rights are given on; those on a node hold for every node. */
export type RightScope = 'collection' | 'thingsdb' | 'node';

/** The key of a scope in a user's access. */
export function accessKey(scope: RightScope, collection: Collection | null): string {
  return collection === null ? `@${scope}` : collection.accessKey;
}

/** The name of a scope as answers tell it. */
export function scopeName(scope: RightScope, collection: Collection | null): string {
  return collection === null ? `@${scope}` : `@collection:${collection.name}`;
}

/** The rights that a user has in a scope. */
export function rightsOf(user: User | undefined, scope: RightScope, collection: Collection | null): number {
  return user?.access.get(accessKey(scope, collection)) ?? 0;
}

/** Throws forbidden_err when the user lacks one of the rights in the scope. */
export function checkRights(user: User | undefined, scope: RightScope, collection: Collection | null, mask: number): void {
  const given = rightsOf(user, scope, collection);
  if ((given & mask) === mask) return;
  throw new TiError(
    ErrorCode.FORBIDDEN,
    `user \`${user?.name ?? 'unknown'}\` is missing the required privileges (\`${rightsText(mask & ~given)}\`) on scope ` +
      `\`${scopeName(scope, collection)}\`; see https://docs.thingsdb.io/v1/thingsdb-api/grant`,
  );
}
