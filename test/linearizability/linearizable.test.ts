/** What concurrent clients see of one node is linearizable, also when it is killed in between. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, ConnectionError } from '../../src/cli/client.ts';
import { msgpackToJson } from '../../src/wire/json.ts';
import { counterexample, type Model, type Operation } from './checker.ts';

type Input = readonly [what: string, ...args: number[]];

/** A register: read, write, compare and set. */
const REGISTER: Model<number, Input, unknown> = {
  start: 0,
  step: (value, [what, a = 0, b = 0]) => {
    if (what === 'read') return [value, value];
    if (what === 'write') return [a, null];
    return value === a ? [b, true] : [value, false];
  },
  key: String,
};

const LIST: Model<readonly number[], Input, unknown> = {
  start: [],
  step: (items, [what, a = 0]) => {
    if (what === 'push') return [[...items, a], items.length + 1];
    if (what === 'shift') return items.length === 0 ? [items, null] : [items.slice(1), items[0]];
    return [items, items];
  },
  key: String,
};

/** Of small numbers; adding and removing tell how many there are then. */
const SET: Model<readonly number[], Input, unknown> = {
  start: [],
  step: (items, [what, a = 0]) => {
    const others = items.filter((item) => item !== a);
    const after = what === 'add' ? [...others, a].sort((x, y) => x - y) : what === 'remove' ? others : items;
    return [after, what === 'has' ? items.includes(a) : after.length];
  },
  key: String,
};

interface Kind {
  readonly model: Model<never, Input, unknown>;
  readonly setup: (name: string) => string;
  readonly code: (name: string, input: Input) => string;
  readonly make: (random: (below: number) => number, fresh: () => number) => Input;
}

const KINDS: readonly Kind[] = [
  {
    model: REGISTER as unknown as Model<never, Input, unknown>,
    setup: (name) => `.${name} = 0;`,
    code: (name, [what, a, b]) =>
      what === 'read'
        ? `.${name};`
        : what === 'write'
          ? `.${name} = ${a}; nil;`
          : `if (.${name} == ${a}) { .${name} = ${b}; true; } else false;`,
    make: (random) =>
      [() => ['read'] as const, () => ['write', random(4)] as const, () => ['cas', random(4), random(4)] as const][random(3)]?.() ?? [
        'read',
      ],
  },
  {
    model: LIST as unknown as Model<never, Input, unknown>,
    setup: (name) => `.${name} = [];`,
    code: (name, [what, a]) =>
      what === 'push' ? `.${name}.push(${a});` : what === 'shift' ? `if (.${name}.len() == 0) nil else .${name}.shift();` : `.${name};`,
    make: (random, fresh) =>
      [() => ['push', fresh()] as const, () => ['shift'] as const, () => ['read'] as const][random(3)]?.() ?? ['read'],
  },
  {
    model: SET as unknown as Model<never, Input, unknown>,
    // Things of a fixed number each, so that one can be added twice.
    setup: (name) => `.${name}_things = range(4).map(|n| {n: n}); .${name} = set();`,
    code: (name, [what, a]) => {
      const thing = `.${name}_things[${a}]`;
      if (what === 'has') return `.${name}.has(${thing});`;
      return `${what === 'add' ? `.${name}.add(${thing})` : `.${name}.remove(|t| t.n == ${a})`}; .${name}.len();`;
    },
    make: (random) => [['add', random(4)] as const, ['remove', random(4)] as const, ['has', random(4)] as const][random(3)] ?? ['has', 0],
  },
];

const SERVER = fileURLToPath(new URL('../crash/server-child.ts', import.meta.url));

class Server {
  private readonly dir = mkdtempSync(join(tmpdir(), 'thingsc-lin-'));
  private child: ChildProcess | null = null;

  /** Starts the server, anew when it was killed; gives the port. */
  async start(): Promise<number> {
    const child = fork(SERVER, [this.dir], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    this.child = child;
    let output = '';
    return new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const match = /client connections on TCP port (\d+)/.exec(output);
        if (match !== null) resolve(Number(match[1]));
      });
      child.on('exit', () => reject(new Error(`the server did not start:\n${output}`)));
    });
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === null || child.signalCode !== null || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function login(port: number): Promise<Client> {
  const client = await Client.open({ host: '127.0.0.1', port });
  await client.login('admin', 'pass');
  return client;
}

const CLIENTS = 5;
const OBJECTS = 6;
const LIVES = 3;
/** Operations that are answered in each life but the last. */
const KILL_AFTER = 250;
const SEED = Number(process.env.LIN_SEED ?? Date.now() % 1_000_000);

/** Objects that are worked on, and what was seen of each. */
class Histories {
  readonly objects = Array.from({ length: OBJECTS }, (_, i) => ({
    name: `o${i}`,
    kind: KINDS[i % KINDS.length] as Kind,
    history: [] as Operation<Input, unknown>[],
  }));
  private clock = 0;
  private fresh = 0;
  private state = SEED >>> 0;

  private readonly random = (below: number): number => {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * below);
  };

  get setup(): string {
    return `${this.objects.map(({ kind, name }) => kind.setup(name)).join(' ')} nil;`;
  }

  /** One operation after another on any of the objects; an operation without an answer ends it. */
  async work(client: Client, count: number, answered: () => void): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { kind, name, history } = this.objects[this.random(OBJECTS)] as Histories['objects'][number];
      const input = kind.make(this.random, () => ++this.fresh);
      const called = ++this.clock;
      try {
        const answer = await client.query('//stuff', kind.code(name, input));
        history.push({ input, output: JSON.parse(msgpackToJson(answer)), called, returned: ++this.clock });
        answered();
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        history.push({ input, output: undefined, called, returned: Number.POSITIVE_INFINITY });
        return;
      }
    }
  }

  check(): void {
    for (const { kind, name, history } of this.objects) {
      const wrong = counterexample(kind.model, history);
      const told = history.map(
        ({ input, output, called, returned }, i) => `${i}: ${called}..${returned} ${input.join(' ')} = ${JSON.stringify(output)}`,
      );
      expect(wrong, `LIN_SEED=${SEED}, ${name}:\n${told.join('\n')}`).toBeNull();
    }
  }
}

describe('the check', () => {
  const at = (called: number, returned: number, output: unknown, ...input: Input): Operation<Input, unknown> => ({
    input,
    output,
    called,
    returned,
  });

  it('takes what may have happened', () => {
    expect(counterexample(REGISTER, [at(1, 4, null, 'write', 1), at(2, 3, 0, 'read'), at(5, 6, 1, 'read')])).toBeNull();
    expect(counterexample(REGISTER, [at(1, 4, null, 'write', 1), at(2, 3, 1, 'read')])).toBeNull();
    expect(counterexample(LIST, [at(1, 4, 2, 'push', 7), at(2, 3, 1, 'push', 8), at(5, 6, [8, 7], 'read')])).toBeNull();
  });

  it('takes an operation without an answer as done or not', () => {
    const lost = at(1, Number.POSITIVE_INFINITY, undefined, 'write', 1);
    for (const value of [0, 1]) expect(counterexample(REGISTER, [lost, at(2, 3, value, 'read')])).toBeNull();
    expect(counterexample(REGISTER, [lost, at(2, 3, 1, 'read'), at(4, 5, 0, 'read')])).not.toBeNull();
  });

  it('finds old reads, lost writes, and answers in a wrong order', () => {
    expect(counterexample(REGISTER, [at(1, 2, null, 'write', 1), at(3, 4, 0, 'read')])).not.toBeNull();
    expect(counterexample(REGISTER, [at(1, 5, true, 'cas', 0, 1), at(2, 6, true, 'cas', 0, 2)])).not.toBeNull();
    expect(counterexample(LIST, [at(1, 2, 1, 'push', 7), at(3, 4, 1, 'push', 8)])).not.toBeNull();
    expect(counterexample(LIST, [at(1, 2, 1, 'push', 7), at(3, 6, 7, 'shift'), at(4, 5, 7, 'shift')])).not.toBeNull();
    expect(counterexample(SET, [at(1, 2, 1, 'add', 3), at(3, 4, false, 'has', 3)])).not.toBeNull();
  });
});

describe('histories of concurrent clients', () => {
  let server: Server;

  afterEach(async () => {
    await server.kill();
    server.remove();
  });

  it('are linearizable, also over kills', async () => {
    server = new Server();
    const histories = new Histories();
    for (let life = 0; life < LIVES; life++) {
      const port = await server.start();
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => login(port)));
      if (life === 0) await clients[0]?.query('//stuff', histories.setup);
      let left = life === LIVES - 1 ? Number.POSITIVE_INFINITY : KILL_AFTER;
      const answered = (): void => {
        if (--left === 0) void server.kill();
      };
      await Promise.all(clients.map((client) => histories.work(client, 100, answered)));
      if (left <= 0) await server.kill();
      for (const client of clients) client.close();
    }
    for (const { history } of histories.objects) expect(history.length).toBeGreaterThan(10);
    histories.check();
  });
});
