/** The schema of a collection of a running server. */
import { TiError } from '../../errors.ts';
import { msgpackToJson } from '../../wire/json.ts';
import { parseAddress, scopeOf } from '../address.ts';
import { Client, ConnectionError } from '../client.ts';
import { CliError, ExitCode } from '../exit.ts';
import { fromBytes, toBytes } from '../io.ts';
import { type Login, login } from '../login.ts';

export interface LoginOptions extends Login {
  readonly collection: string;
}

/** Scopes without types have no root. */
const IN_COLLECTION = '{types: types_info(), enums: enums_info(), procedures: procedures_info()};';
const IN_THINGSDB = '{types: [], enums: [], procedures: procedures_info()};';

/** Whether a scope is the one of users and collections. */
export const isThingsdb = (scope: string): boolean => /^(@t|\/t)/.test(scope);

/** The query that tells the schema of a scope, as `schemaFromJson` reads it. */
export const schemaQuery = (scope: string): string => (isThingsdb(scope) ? IN_THINGSDB : IN_COLLECTION);

/** Asks a server for types, enumerators and procedures: JSON text. Throws CliError. */
export async function fetchSchema(host: string, options: LoginOptions): Promise<string> {
  const scope = scopeOf(options.collection);
  try {
    const client = await Client.open(parseAddress(host));
    try {
      await login(client, options);
      const answer = await client.query(toBytes(scope), schemaQuery(scope));
      return fromBytes(msgpackToJson(answer, { unsupported: 'text', indent: 2 }));
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof ConnectionError) throw new CliError(ExitCode.CONNECTION, error.message);
    if (error instanceof TiError) throw new CliError(ExitCode.CONNECTION, `the server refuses: ${fromBytes(error.message)}`);
    throw error;
  }
}
