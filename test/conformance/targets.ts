/** What the cases are run against: the engine in this process, or a server over TCP. */
import net from 'node:net';
import { FunctionCode } from '../../src/bytecode/program.ts';
import type { UserRef } from '../../src/engine/api.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { hashPassword } from '../../src/engine/passwords.ts';
import { TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { HOT } from '../../src/vm/frame.ts';
import { translate } from '../../src/vm/translate.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import type { Step } from './cases.ts';
import { StepClock } from './clocks.ts';
import { type Typed, typedOf } from './typed.ts';
import { packVars } from './vars.ts';

/** An answer: a value, or the code and text of an error. */
export type Answer = { readonly ok: Typed } | { readonly err: number; readonly message: string };

export interface Target {
  /** Makes everything as it must be before a case. */
  reset(): Promise<void>;
  step(step: Step): Promise<Answer>;
  close(): Promise<void>;
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export class ProcessTarget implements Target {
  private engine: LocalEngine | null = null;
  private clock = new StepClock();
  private readonly hash = hashPassword('pass');
  private readonly translated: boolean;

  /** `translated`: everything that can be is translated to JavaScript before it first runs. */
  constructor(translated = false) {
    this.translated = translated;
    FunctionCode.initialHeat = translated ? HOT - 1 : 0;
  }

  async reset(): Promise<void> {
    await this.engine?.close();
    this.clock = new StepClock();
    this.engine = new LocalEngine(memoryStore(), { clock: this.clock });
    await this.engine.initialize(await this.hash);
    this.engine.tasks.start();
    // As a server tells that has this client.
    this.engine.node.facts = { ...this.engine.node.facts, clientPort: 9200, connectedClients: () => 1 };
    // The first collection of a store numbers its things otherwise than those that are made later.
    await this.step({ scope: '@t', code: "del_collection('stuff'); new_collection('stuff');" });
  }

  async step(step: Step): Promise<Answer> {
    const engine = this.engine as LocalEngine;
    this.clock.callDue();
    try {
      let user: UserRef = { id: 1, name: 'admin' };
      if (step.auth !== undefined) user = await engine.authenticate(latin1(step.auth[0]), latin1(step.auth[1]));
      if (step.token !== undefined) user = await engine.authenticateToken(engine.database.userByName(step.token)?.tokens[0]?.key ?? '');
      if (this.translated) this.translateMain(engine, latin1(step.code));
      const answer = engine.query({
        user,
        client: null,
        scope: latin1(step.scope ?? '//stuff'),
        code: latin1(step.code),
        vars: step.vars === undefined ? null : packVars(step.vars),
      });
      const w = new MsgpackWriter();
      encodeValue(w, answer.value, { deep: answer.deep, flags: answer.flags, hooks: engine.hooks });
      return { ok: typedOf(w.bytes()) };
    } catch (error) {
      if (error instanceof TiError) return { err: error.code, message: error.message };
      return { err: -1, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }

  private translateMain(engine: LocalEngine, code: string): void {
    try {
      const { main } = engine.programs.get(code);
      if (main.leaf === null && main.framed === null) translate(main);
    } catch (error) {
      // A syntax error is the answer of the query itself.
      if (!(error instanceof TiError)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.engine?.close();
  }
}

class Client {
  private readonly socket: net.Socket;
  private received = Buffer.alloc(0);
  private waiting: ((answer: [number, Buffer]) => void) | null = null;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.deliver();
    });
  }

  static async open(port: number): Promise<Client> {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Client(socket);
  }

  private deliver(): void {
    while (this.received.length >= 8) {
      const size = this.received.readUInt32LE(0);
      if (this.received.length < 8 + size) return;
      const type = this.received[6] as number;
      const body = this.received.subarray(8, 8 + size);
      this.received = this.received.subarray(8 + size);
      if (type < 16) continue;
      const { waiting } = this;
      this.waiting = null;
      waiting?.([type, body]);
    }
  }

  request(type: number, write: (w: MsgpackWriter) => void): Promise<[number, Buffer]> {
    const w = new MsgpackWriter();
    write(w);
    const body = w.take();
    const head = Buffer.alloc(8);
    head.writeUInt32LE(body.length, 0);
    head[6] = type;
    head[7] = type ^ 255;
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.socket.write(Buffer.concat([head, body]));
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

const ERROR = 19;

function answerOf([type, body]: [number, Buffer]): Answer {
  const value = body.length === 0 ? null : typedOf(body);
  if (type !== ERROR) return { ok: value };
  const error = value as { error_code: number; error_msg: string };
  return { err: error.error_code, message: String(error.error_msg) };
}

/** Takes away what a case may have left in the scope of users and collections. */
const RESET = `
  set_history('@t', false);
  users_info().map(|u| u.load().name).each(|name| if (name != 'admin') del_user(name));
  user_info().load().tokens.map(|t| t.key).each(|key| del_token(key));
  user_info().load().whitelists.keys().each(|list| whitelist_del('admin', list));
  procedures_info().map(|p| p.load().name).each(|name| del_procedure(name));
  collections_info().map(|c| c.load().name).each(|name| del_collection(name));
  grant('@t', 'admin', FULL);
  grant('@n', 'admin', FULL);
  set_default_deep('@t', 1);
  set_time_zone('@t', 'UTC');
  set_time_zone('@n', 'UTC');
  new_collection('stuff');
`;

export class TcpTarget implements Target {
  private readonly port: number;
  private readonly before: () => void;
  private client: Client | null = null;

  /** `before` is called before each step: for a server in this process, whose clock waits for it. */
  constructor(port: number, before: () => void = () => {}) {
    this.port = port;
    this.before = before;
  }

  /** Logs in with a user name and a password, or with a token. */
  private async login(credentials: readonly [string, string] | string): Promise<Client | Answer> {
    const client = await Client.open(this.port);
    const answer = await client.request(33, (w) => {
      if (typeof credentials === 'string') {
        w.str(credentials);
        return;
      }
      w.arrayHeader(2);
      for (const part of credentials) w.str(latin1(part));
    });
    if (answer[0] !== ERROR) return client;
    client.close();
    return answerOf(answer);
  }

  /** The first token of a user. */
  private async tokenOf(name: string): Promise<string> {
    const answer = await this.query(this.client as Client, '@t', `user_info('${name}').load().tokens[0].key;`);
    return 'ok' in answer ? String(answer.ok) : '';
  }

  private async query(client: Client, scope: string, code: string, vars?: string): Promise<Answer> {
    return answerOf(
      await client.request(34, (w) => {
        w.arrayHeader(vars === undefined ? 2 : 3);
        w.str(latin1(scope));
        w.str(latin1(code));
        if (vars !== undefined) w.copy(packVars(vars));
      }),
    );
  }

  /** Brings the server back to one empty collection `stuff`. */
  async reset(): Promise<void> {
    if (this.client === null) {
      const client = await this.login(['admin', 'pass']);
      if (!(client instanceof Client)) throw new Error('the server refuses the default user');
      this.client = client;
    }
    const answer = await this.query(this.client, '@t', RESET);
    if ('err' in answer) throw new Error(`the server cannot be brought back to its beginning: ${answer.message}`);
  }

  async step(step: Step): Promise<Answer> {
    this.before();
    const credentials = step.auth ?? (step.token === undefined ? null : await this.tokenOf(step.token));
    if (credentials === null) return this.query(this.client as Client, step.scope ?? '//stuff', step.code, step.vars);
    const client = await this.login(credentials);
    if (!(client instanceof Client)) return client;
    const answer = await this.query(client, step.scope ?? '//stuff', step.code, step.vars);
    client.close();
    return answer;
  }

  async close(): Promise<void> {
    this.client?.close();
  }
}
