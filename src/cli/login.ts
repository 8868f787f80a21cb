/** Who asks a server. */
import { TiError } from '../errors.ts';
import type { Client } from './client.ts';
import { CliError, ExitCode } from './exit.ts';
import { fromBytes, toBytes } from './io.ts';

/** A token counts more than user and password. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly token?: string;
}

/** Logs in. Rejects with CliError when the server refuses, and with ConnectionError. */
export async function login(client: Client, { user, password, token }: Login): Promise<void> {
  try {
    await (token === undefined ? client.login(toBytes(user), toBytes(password)) : client.loginWithToken(toBytes(token)));
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    throw new CliError(ExitCode.CONNECTION, `the server refuses the login: ${fromBytes(error.message)}`);
  }
}
