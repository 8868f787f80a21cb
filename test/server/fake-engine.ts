/** An engine without a language: a query's code is looked up in a table, and the test says when changes become durable. */
import type { Answer2019, Engine, QueryAnswer, QueryRequest, RoomScope, RunRequest, UserRef, WatchScope } from '../../src/engine/api.ts';
import { ErrorCode, TiError } from '../../src/errors.ts';
import type { Value } from '../../src/values/value.ts';
import { decodeArguments } from '../../src/wire/decode.ts';

const ADMIN: UserRef = { id: 1, name: 'admin' };
export const TOKEN = 'aoaOPzCZ1y+/f0S/jL1DUB';

type Reply = Value | ((request: QueryRequest) => Value);

export class FakeEngine implements Engine {
  lastChangeId = 0;
  durableId = 0;
  /** When false, changes are durable at once. */
  syncByHand = false;
  deep = 1;
  flags = 0;
  closed = false;
  readonly queries: string[] = [];
  readonly counters = { queriesSuccess: 0, queriesWithError: 0, largestResultSize: 0 };
  private readonly replies: Map<string, Reply>;
  private readonly durableListeners: ((id: number) => void)[] = [];
  private readonly shutdownListeners: (() => void)[] = [];
  /** Log-ins wait for this. */
  gate: Promise<void> = Promise.resolve();

  constructor(replies: Readonly<Record<string, Reply>> = {}) {
    this.replies = new Map(Object.entries(replies));
  }

  async authenticate(name: string, password: string): Promise<UserRef> {
    await this.gate;
    if (name === 'admin' && password === 'pass') return ADMIN;
    if (name === 'iris' && password === 'siri') return { id: 2, name: 'iris' };
    throw new TiError(ErrorCode.AUTH, 'invalid username or password');
  }

  async authenticateToken(token: string): Promise<UserRef> {
    await this.gate;
    if (token === TOKEN) return ADMIN;
    throw new TiError(ErrorCode.AUTH, 'invalid token');
  }

  query(request: QueryRequest): QueryAnswer {
    this.queries.push(request.code);
    let isSuccess = false;
    try {
      const value = this.answer(request);
      isSuccess = true;
      return { value, deep: this.deep, flags: this.flags };
    } finally {
      this.counters[isSuccess ? 'queriesSuccess' : 'queriesWithError'] += 1;
    }
  }

  watch(): WatchScope {
    return { watch: () => {}, unwatch: () => {} };
  }

  unwatchAll(): void {}

  query2019(): Answer2019 {
    throw new TiError(ErrorCode.BAD_DATA, 'there is no dialect of 2019');
  }

  rooms(): RoomScope {
    throw new TiError(ErrorCode.BAD_DATA, 'there are no rooms');
  }

  /** A procedure is a code in the same table; its arguments are the variables. */
  run({ procedure, args, ...request }: RunRequest): QueryAnswer {
    return this.query({ ...request, code: procedure, vars: args });
  }

  private answer(request: QueryRequest): Value {
    const { code } = request;
    if (code === 'change') return this.change();
    if (code === 'user') return request.user.name;
    if (code === 'scope') return request.scope;
    if (code === 'boom') throw new Error('boom');
    if (code === 'bye') {
      for (const listener of this.shutdownListeners) listener();
      return null;
    }
    if (code.startsWith('log ')) {
      request.client?.warn(2, code.slice(4));
      return null;
    }
    if (code.startsWith('var ')) return decodeArguments(request.vars ?? new Uint8Array([0x80])).get(code.slice(4)) ?? null;
    const reply = this.replies.get(code);
    if (reply === undefined) throw new TiError(ErrorCode.LOOKUP, `no reply to \`${code}\``);
    return typeof reply === 'function' ? reply(request) : reply;
  }

  /** Makes a change and tells its id. */
  change(): number {
    this.lastChangeId += 1;
    if (!this.syncByHand) this.sync();
    return this.lastChangeId;
  }

  /** All changes up to this one are on the disk now. */
  sync(id = this.lastChangeId): void {
    this.durableId = id;
    for (const listener of this.durableListeners) listener(id);
  }

  onDurable(listener: (id: number) => void): void {
    this.durableListeners.push(listener);
  }

  onRoomEvent(): void {}

  onShutdown(listener: () => void): void {
    this.shutdownListeners.push(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
