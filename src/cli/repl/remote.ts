/** A server as the place of queries. A connection that was lost is made anew by the next query. */
import { type Address, scopeOf } from '../address.ts';
import { Client, ConnectionError } from '../client.ts';
import { targetOf, unwrapped2019 } from '../dialect.ts';
import { CliError, ExitCode } from '../exit.ts';
import { toBytes } from '../io.ts';
import { type Login, login } from '../login.ts';
import { type Ask, Interrupted, type Place } from './place.ts';

export interface RemoteOptions extends Address {
  readonly login: Login;
  /** Gets what the server says on its own, a byte string. */
  readonly onWarning: (message: string) => void;
}

export class RemotePlace implements Place {
  private readonly options: RemoteOptions;
  private client: Client | null = null;
  private reject: (error: Error) => void = () => {};

  private constructor(options: RemoteOptions) {
    this.options = options;
  }

  /** Connects and logs in. Rejects with CliError. */
  static async open(options: RemoteOptions): Promise<RemotePlace> {
    const place = new RemotePlace(options);
    await told(place.connected());
    return place;
  }

  get about(): string {
    const { host, port } = this.options;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  ask(query: Ask): Promise<Buffer> {
    const interrupted = new Promise<never>((_, reject) => {
      this.reject = reject;
    });
    return Promise.race([told(this.answer(query)), interrupted]);
  }

  interrupt(): void {
    this.reject(new Interrupted('no longer waiting; the server may go on with the query'));
  }

  async close(): Promise<void> {
    this.client?.close();
  }

  private async answer({ dialect, scope, text, vars }: Ask): Promise<Buffer> {
    const client = await this.connected();
    if (dialect === '2019') return unwrapped2019(await client.query2019(targetOf(scope), text, []));
    return client.query(toBytes(scopeOf(scope)), text, vars);
  }

  private async connected(): Promise<Client> {
    if (this.client !== null) return this.client;
    const { host, port, onWarning } = this.options;
    const client = await Client.open({ host, port, onWarning });
    try {
      await login(client, this.options.login);
    } catch (error) {
      client.close();
      throw error;
    }
    this.client = client;
    void client.closed.then(() => {
      if (this.client === client) this.client = null;
    });
    return client;
  }
}

/** Passes on what an action gives. Rejects with CliError in place of ConnectionError. */
async function told<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof ConnectionError) throw new CliError(ExitCode.CONNECTION, error.message);
    throw error;
  }
}
