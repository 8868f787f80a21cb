/** Connections that work until the server is gone, and the comparison of what is stored then with what they saw. */
import { Client, ConnectionError } from '../../src/cli/client.ts';
import { TiError } from '../../src/errors.ts';
import { msgpackToJson } from '../../src/wire/json.ts';
import { isState, type LaneState, makeOp, newState, type Op, observe, type Random, readCode, setupCode } from './lanes.ts';

/** So many operations of a lane are under way at once. */
const IN_FLIGHT = 3;

/** Answers a query as JSON. */
export type Ask = (scope: string, code: string) => Promise<unknown>;

export async function login(port: number): Promise<Client> {
  const client = await Client.open({ host: '127.0.0.1', port });
  await client.login('admin', 'pass');
  return client;
}

export function asking(client: Client): Ask {
  return async (scope, code) => JSON.parse(msgpackToJson(await client.query(scope, code)));
}

class Lane {
  readonly number: number;
  /** Whether the server has said that the lane is there. */
  exists = false;
  base: LaneState;
  /** As it is when all that was sent was done. */
  ahead: LaneState;
  sent: Op[] = [];
  acknowledged = 0;
  n = 0;

  constructor(number: number) {
    this.number = number;
    this.base = newState(number);
    this.ahead = newState(number);
  }
}

/** What the lanes have got acknowledged at one time, and have sent at another. */
export interface Window {
  readonly acknowledged: readonly number[];
  readonly sent: readonly number[];
}

export class Workload {
  private readonly lanes: Lane[];
  private readonly random: Random;
  /** Every id that the server has shown, with the number in the thing. */
  private readonly ids = new Map<number, string>();
  private readonly counters = new Set<number>();
  private readonly positions = new Map<number, string>();
  private seenCounter = 0;
  private seenOrder = 0;
  private readonly seenN: number[];
  operations = 0;

  constructor(lanes: number, random: Random) {
    this.lanes = Array.from({ length: lanes }, (_, i) => new Lane(i));
    this.seenN = this.lanes.map(() => 0);
    this.random = random;
  }

  /** Works on all connections at once until the server is gone. `acknowledged` is called after each answer. */
  async run(port: number, acknowledged: () => void): Promise<void> {
    const clients: Client[] = [];
    try {
      const admin = await login(port);
      clients.push(admin);
      await this.prepare(asking(admin));
      clients.push(...(await Promise.all(this.lanes.map(() => login(port)))));
      const working = this.lanes.flatMap((lane, i) =>
        Array.from({ length: IN_FLIGHT }, () => this.work(lane, clients[i + 1] as Client, acknowledged)),
      );
      await Promise.all([...working, this.read(asking(admin))]);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    } finally {
      for (const client of clients) client.close();
    }
  }

  private async prepare(ask: Ask): Promise<void> {
    await ask('//stuff', "if (!.has('counter')) { .counter = 0; .order = []; }; nil;");
    for (const lane of this.lanes) {
      if (lane.exists) continue;
      await ask('//stuff', `if (!.has('l${lane.number}')) { ${setupCode(lane.number)} }; nil;`);
      lane.exists = true;
    }
  }

  private async work(lane: Lane, client: Client, acknowledged: () => void): Promise<void> {
    for (;;) {
      const op = makeOp(lane.number, ++lane.n, lane.ahead, this.random);
      op.apply(lane.ahead);
      lane.sent.push(op);
      const n = lane.n;
      let shown: unknown = null;
      try {
        shown = JSON.parse(msgpackToJson(await client.query(op.scope, op.code)));
      } catch (error) {
        if (!(error instanceof TiError) || !op.fails) throw error instanceof TiError ? new Error(`${op.code}: ${error.message}`) : error;
      }
      lane.acknowledged++;
      this.operations++;
      this.note(op, `${lane.number}:${n}`, shown);
      acknowledged();
    }
  }

  /** Notes what an answer has shown, which may never be taken back or be shown again. */
  private note(op: Op, who: string, shown: unknown): void {
    if (op.shows === 'nothing') return;
    const value = shown as number;
    if (op.shows === 'id') {
      if (this.ids.has(value)) throw new Error(`the id ${value} of ${who} was that of ${this.ids.get(value)} before`);
      this.ids.set(value, who);
    } else if (op.shows === 'counter') {
      if (this.counters.has(value)) throw new Error(`the counter showed ${value} twice`);
      this.counters.add(value);
      this.seenCounter = Math.max(this.seenCounter, value);
    } else {
      if (this.positions.has(value)) throw new Error(`two were told to be at position ${value}`);
      this.positions.set(value, op.tag);
      this.seenOrder = Math.max(this.seenOrder, value);
    }
  }

  /** Reads what others write, which may not be durable yet when it is read. */
  private async read(ask: Ask): Promise<never> {
    const code = `[.counter, .order.len(), [${this.lanes.map(({ number }) => `.l${number}.n`).join(',')}]]`;
    for (;;) {
      const [counter, order, ns] = (await ask('//stuff', code)) as [number, number, number[]];
      this.seenCounter = Math.max(this.seenCounter, counter);
      this.seenOrder = Math.max(this.seenOrder, order);
      ns.forEach((n, i) => {
        this.seenN[i] = Math.max(this.seenN[i] as number, n);
      });
    }
  }

  /** What has been acknowledged and sent so far in this run. */
  window(): Window {
    return { acknowledged: this.lanes.map((lane) => lane.acknowledged), sent: this.lanes.map((lane) => lane.sent.length) };
  }

  /** Compares what is stored with what was acknowledged, sent and read, and goes on from there. Throws on the first thing that is wrong. */
  async check(ask: Ask): Promise<void> {
    const states = await this.compare(ask, this.window(), true);
    this.lanes.forEach((lane, i) => {
      const state = states[i];
      if (state !== undefined) lane.base = state;
      lane.ahead = structuredClone(lane.base);
      lane.sent = [];
      lane.acknowledged = 0;
    });
  }

  /** Compares a copy with what had been acknowledged when it was begun, and sent when it was done. */
  async checkCopy(ask: Ask, window: Window): Promise<void> {
    await this.compare(ask, window, false);
  }

  private async compare(ask: Ask, window: Window, isLatest: boolean): Promise<(LaneState | undefined)[]> {
    const code = `[.get('counter', 0), .get('order', []), [${this.lanes.map(({ number }) => readCode(number)).join(',')}], procedures_info().map(|p| p.load().name)]`;
    const [counter, order, reads, procedures] = (await ask('//stuff', code)) as [number, string[], unknown[], string[]];
    const users = (await ask('@thingsdb', 'users_info().map(|u| u.load().name)')) as string[];
    if (isLatest) this.compareShared(counter, order);
    return this.lanes.map((lane, i) => {
      const read = reads[i] ?? null;
      if (read === null) {
        if (lane.exists) throw new Error(`lane ${i} is gone`);
        return undefined;
      }
      const { state, ids } = observe(i, read, procedures, users);
      if (isLatest && state.n < (this.seenN[i] as number)) throw new Error(`lane ${i}: ${this.seenN[i]} was read, ${state.n} is stored`);
      this.compareIds(ids);
      return findState(lane, state, window.acknowledged[i] as number, window.sent[i] as number);
    });
  }

  private compareIds(ids: ReadonlyMap<number, number>): void {
    for (const id of ids.keys()) {
      // One whose answer did not arrive has its id all the same.
      if (!this.ids.has(id)) this.ids.set(id, 'a thing that was not acknowledged');
    }
  }

  private compareShared(counter: number, order: readonly string[]): void {
    if (counter < this.seenCounter) throw new Error(`the counter showed ${this.seenCounter}, ${counter} is stored`);
    if (order.length < this.seenOrder) throw new Error(`the list had ${this.seenOrder} items, ${order.length} are stored`);
    if (new Set(order).size !== order.length) throw new Error('an item is in the list twice');
    for (const [position, tag] of this.positions) {
      if (order[position - 1] !== tag)
        throw new Error(`${tag} was at position ${position} of the list, where ${order[position - 1]} is stored`);
    }
    const last = new Map<string, number>();
    for (const tag of order) {
      const [lane = '', n] = tag.split(':');
      if (Number(n) < (last.get(lane) ?? 0)) throw new Error(`${tag} is in the list behind ${lane}:${last.get(lane)}`);
      last.set(lane, Number(n));
    }
  }
}

/** The state after some of the operations that were sent, at least those that were acknowledged. Throws when what is stored is none of them. */
function findState(lane: Lane, stored: LaneState, acknowledged: number, sent: number): LaneState {
  const state = structuredClone(lane.base);
  for (let done = 0; done <= sent; done++) {
    if (done > 0) (lane.sent[done - 1] as Op).apply(state);
    if (done >= acknowledged && isState(stored, state)) return state;
  }
  throw new Error(
    [
      `lane ${lane.number}: what is stored is no state after ${acknowledged} to ${sent} of its operations`,
      `stored ${JSON.stringify(stored)}`,
      `at the end ${JSON.stringify(state)}`,
      ...lane.sent.slice(Math.max(acknowledged - 5, 0), sent).map(({ code }) => code.slice(0, 200)),
    ].join('\n'),
  );
}
