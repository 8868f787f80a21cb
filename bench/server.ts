/**
 * What the server costs without the engine: requests over TCP that a stub answers, and the codec. As a script: `node bench/server.ts`. The load comes
 * from this process, the stub server runs in another, as in the comparison with a reference node.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer2019, Engine, QueryAnswer, UserRef, WatchScope } from '../src/engine/api.ts';
import { MsgpackWriter } from '../src/msgpack/writer.ts';
import { defaultConfig } from '../src/server/config.ts';
import { makePackage, PackageParser, PackageType } from '../src/server/framing.ts';
import { createLog } from '../src/server/log.ts';
import { startServer } from '../src/server/serve.ts';
import { List } from '../src/values/list.ts';
import { Float } from '../src/values/scalars.ts';
import { Shape } from '../src/values/shape.ts';
import { Thing } from '../src/values/thing.ts';
import type { Value } from '../src/values/value.ts';
import { decodeAny } from '../src/wire/decode.ts';
import { encodeValue } from '../src/wire/encode.ts';
import { msgpackToJson } from '../src/wire/json.ts';
import { measureLoad } from './load.ts';
import type { Measure } from './storage.ts';

const STUB = 'stub';
const SECONDS = 2;
const ROUNDS = 15;

/** Answers every query alike; `change` takes a change id that is durable in a later turn of the event loop, as after a sync. */
class StubEngine implements Engine {
  lastChangeId = 0;
  durableId = 0;
  readonly counters = { queriesSuccess: 0, queriesWithError: 0, largestResultSize: 0 };
  private isSyncing = false;
  private readonly listeners: ((id: number) => void)[] = [];

  async authenticate(name: string): Promise<UserRef> {
    return { id: 1, name };
  }

  authenticateToken(token: string): Promise<UserRef> {
    return this.authenticate(token);
  }

  query(request: { readonly code: string }): QueryAnswer {
    if (request.code === 'change') this.change();
    return { value: 2, deep: 1, flags: 0 };
  }

  watch(): WatchScope {
    return { watch: () => {}, unwatch: () => {} };
  }

  unwatchAll(): void {}

  query2019(): Answer2019 {
    return { results: [], fetched: new Set() };
  }

  run(request: { readonly procedure: string }): QueryAnswer {
    return this.query({ code: request.procedure });
  }

  rooms(): never {
    throw new Error('the stub has no rooms');
  }

  private change(): void {
    this.lastChangeId += 1;
    if (this.isSyncing) return;
    this.isSyncing = true;
    setImmediate(() => {
      this.isSyncing = false;
      this.durableId = this.lastChangeId;
      for (const listener of this.listeners) listener(this.durableId);
    });
  }

  onRoomEvent(): void {}

  onDurable(listener: (id: number) => void): void {
    this.listeners.push(listener);
  }

  onShutdown(): void {}

  async close(): Promise<void> {}
}

async function serveStub(): Promise<void> {
  const config = { ...defaultConfig(), listen_client_port: 0, listen_node_port: null };
  const server = await startServer(new StubEngine(), config, { log: createLog({ level: 'error', colorized: false }) });
  process.send?.(server.port);
  process.on('disconnect', () => process.exit());
}

const LOADS = [
  ['answers, 1 connection', 'read', 1, 1],
  ['answers, 64 connections', 'read', 64, 1],
  ['answers, 4 connections x 64', 'read', 4, 64],
  ['held answers, 64 connections', 'change', 64, 1],
  ['held answers, 4 connections x 64', 'change', 4, 64],
] as const;

async function loadRows(): Promise<Measure[]> {
  const child = fork(fileURLToPath(import.meta.url), [STUB]);
  const [port] = (await once(child, 'message')) as [number];
  const results: Measure[] = [];
  for (const [name, code, connections, depth] of LOADS) {
    const value = await measureLoad({ port, scope: '//stuff', codes: [code], connections, depth, seconds: SECONDS });
    results.push({ name, value, unit: '/s' });
  }
  child.disconnect();
  return results;
}

function things(count: number): Value {
  const shape = Shape.of(['name', 'age', 'email', 'score']);
  const text = (value: string): string => Buffer.from(value).latin1Slice();
  const items = Array.from({ length: count }, (_, i) => {
    const thing = new Thing(shape, [text(`user${i}`), i % 100, text(`user${i}@example.com`), new Float(i / 3)]);
    thing.id = i + 1;
    return thing;
  });
  return new List(items);
}

/** The median of some turns, in milliseconds. */
function median(turn: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    turn();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[ROUNDS >> 1] as number;
}

function codecRows(): Measure[] {
  const value = things(30_000);
  const writer = new MsgpackWriter();
  const encode = (): void => {
    writer.reset();
    encodeValue(writer, value, { deep: 1, flags: 0 });
  };
  encode();
  // What clients send has no ids.
  const sent = new MsgpackWriter();
  encodeValue(sent, value, { deep: 1, flags: 32 });
  const json = (): string => msgpackToJson(writer.bytes());
  const packages = Buffer.concat(Array.from({ length: 100_000 }, (_, i) => makePackage(PackageType.QUERY, i & 0xffff, Buffer.alloc(20))));
  const parse = (): void => {
    const parser = new PackageParser({ onPackage: () => true });
    for (let at = 0; at < packages.length; at += 65_536) parser.feed(packages.subarray(at, at + 65_536));
  };
  return [
    { name: 'pack 30,000 things', value: median(encode), unit: 'ms' },
    { name: 'read 30,000 maps', value: median(() => decodeAny(sent.bytes())), unit: 'ms' },
    { name: 'tell 30,000 things as JSON', value: median(json), unit: 'ms' },
    { name: 'cut 100,000 packages', value: median(parse), unit: 'ms' },
  ];
}

/** Measures everything; takes some fifteen seconds. */
export async function run(): Promise<Measure[]> {
  return [...codecRows(), ...(await loadRows())];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === STUB) await serveStub();
  else
    for (const { name, value, unit } of await run())
      console.log(`${name.padEnd(40)} ${value < 100 ? value.toFixed(2) : Math.round(value)} ${unit}`);
}
