/** What the user may reach, and what a scope consists of. */
import type { SourceText } from '../messages.ts';
import { readSchemaInfo, type SchemaInfo } from '../views/schema-info.ts';
import type { Session } from './session.ts';
import { ServerError } from './socket.ts';
import { fieldOf, listOf, plain, stringOf } from './values.ts';

/** The kind of a scope, by its text. */
export function kindOf(scope: string): SourceText['scope'] {
  if (/^[@/]t/.test(scope)) return 'thingsdb';
  return /^[@/]n/.test(scope) ? 'node' : 'collection';
}

/** A scope in the form that people type: `//stuff`. */
const short = (scope: string): string => scope.replace(/^@collection:/, '//');

export interface Access {
  /** Null when it is not told. */
  readonly user: string | null;
  readonly scopes: readonly string[];
}

/**
 * Asks who the user is and what it may reach. One who may query none of the scopes that each server has, nor `guess`, is not told.
 * Rejects with ConnectionLost.
 */
export async function fetchAccess(session: Session, guess: string): Promise<Access> {
  for (const scope of new Set(['@thingsdb', guess, '@node'])) {
    try {
      const { value } = await session.query(scope, 'user_info();');
      const scopes = listOf(fieldOf(value, 'access')).map((each) => short(stringOf(fieldOf(each, 'scope'))));
      return {
        user: stringOf(fieldOf(value, 'name')),
        scopes: scopes.sort((a, b) => Number(a.startsWith('@')) - Number(b.startsWith('@'))),
      };
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    }
  }
  return { user: null, scopes: [] };
}

export interface FetchedSchema {
  readonly info: SchemaInfo;
  /** The same as JSON, for the checker. */
  readonly json: string;
}

const IN_COLLECTION = '{types: types_info(), enums: enums_info(), procedures: procedures_info()};';
const IN_THINGSDB = '{types: [], enums: [], procedures: procedures_info()};';

/** Asks what a scope consists of; null for one that consists of nothing of the kind. Rejects with ServerError and ConnectionLost. */
export async function fetchSchema(session: Session, scope: string): Promise<FetchedSchema | null> {
  const kind = kindOf(scope);
  if (kind === 'node') return null;
  const { value } = await session.query(scope, kind === 'thingsdb' ? IN_THINGSDB : IN_COLLECTION);
  return { info: readSchemaInfo(value), json: JSON.stringify(plain(value)) };
}
