/** Kills servers at random instants, and compares what they kept with what they had said. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConnectionError } from '../../src/cli/client.ts';
import { openEngine } from '../../src/engine/open.ts';
import { verifyStore } from '../../src/engine/verify.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { restoreBackup } from '../../src/storage/backup.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { msgpackToJson } from '../../src/wire/json.ts';
import type { Random } from './lanes.ts';
import { type Ask, asking, login, type Window, Workload } from './workload.ts';

const SERVER = fileURLToPath(new URL('./server-child.ts', import.meta.url));
const STEPS = ['begin', 'drained', 'before commit', 'committed', 'dropped'];
const LANES = 8;
const VERIFY_EVERY = 4;

/** When a server is killed: at a time, at a call to the file system, at a step of a checkpoint, during a backup. */
const WAYS = ['work', 'work', 'work', 'call', 'call', 'step', 'step', 'backup', 'start', 'first start'] as const;
type Way = (typeof WAYS)[number];

export interface Figures {
  kills: number;
  operations: number;
  backups: number;
  /** How often all of the store was verified. */
  verified: number;
  readonly byWay: Map<Way, number>;
}

class Server {
  readonly child: ChildProcess;
  readonly gone: Promise<void>;
  output = '';
  private wake = (): void => undefined;

  constructor(dir: string, env: Readonly<Record<string, string>>) {
    this.child = fork(SERVER, [dir], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        this.wake();
      });
    }
    this.gone = once(this.child, 'close').then(() => this.wake());
  }

  /** The port once it is open; null when the server was killed before. Throws when it ended by itself. */
  async port(): Promise<number | null> {
    for (;;) {
      const match = /client connections on TCP port (\d+)/.exec(this.output);
      if (match !== null) return Number(match[1]);
      if (this.child.signalCode !== null) return null;
      if (this.child.exitCode !== null) throw new Error(`the server did not start:\n${this.output}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  killIn(milliseconds: number): void {
    const timer = setTimeout(() => this.kill(), milliseconds);
    void this.gone.then(() => clearTimeout(timer));
  }
}

/** How long a process may take to end, in ms. */
const GRACE = 10_000;

export class Killer {
  readonly figures: Figures = { kills: 0, operations: 0, backups: 0, verified: 0, byWay: new Map() };
  private readonly folder = mkdtempSync(join(tmpdir(), 'thingsc-kills-'));
  private readonly dir = join(this.folder, 'data');
  private readonly random: Random;
  private readonly workload: Workload;
  private server: Server | null = null;

  constructor(random: Random) {
    this.random = random;
    this.workload = new Workload(LANES, random);
  }

  /** Kills a server once, in one of the ways. */
  async kill(): Promise<void> {
    const way = WAYS[this.random(WAYS.length)] as Way;
    if (way === 'first start') await this.firstStart();
    else if (way === 'start') await this.inStart();
    else await this.inWork(way);
    this.figures.kills++;
    if (this.figures.kills % VERIFY_EVERY === 0) await this.verify();
    this.figures.byWay.set(way, (this.figures.byWay.get(way) ?? 0) + 1);
    this.figures.operations = this.workload.operations;
  }

  /** Starts the server once more, compares, and stops it in the regular way. */
  async finish(): Promise<void> {
    const server = this.start(this.dir, {});
    await this.check(await this.portOf(server));
    server.child.kill('SIGTERM');
    await server.gone;
    if (server.child.exitCode !== 0) throw new Error(`the server did not stop well:\n${server.output}`);
    await this.verify();
  }

  /** Looks into a copy of what was left. */
  private async verify(): Promise<void> {
    if (!existsSync(this.dir)) return;
    const copy = join(this.folder, 'copy');
    cpSync(this.dir, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') });
    const { problems } = await verifyStore(copy);
    rmSync(copy, { recursive: true });
    if (problems.length > 0) throw new Error(`verify finds:\n${problems.join('\n')}`);
    this.figures.verified++;
  }

  async remove(): Promise<void> {
    this.server?.kill();
    await this.server?.gone;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(dir: string, env: Readonly<Record<string, string>>): Server {
    this.server = new Server(dir, env);
    return this.server;
  }

  private async portOf(server: Server): Promise<number> {
    const port = await server.port();
    if (port === null) throw new Error(`the server was killed too early:\n${server.output}`);
    return port;
  }

  private async check(port: number): Promise<void> {
    const client = await login(port);
    await this.workload.check(asking(client));
    client.close();
  }

  /** Killed while it opens what others have left, several times. */
  private async inStart(): Promise<void> {
    for (let times = 1 + this.random(2); times > 0; times--) {
      const byTime = this.random(3) === 0;
      const server = this.start(this.dir, byTime ? {} : this.atCall(12));
      server.killIn(byTime ? 150 + this.random(250) : 5000);
      // It may come up before that; then it is killed idle.
      if ((await server.port()) !== null) server.kill();
      await server.gone;
    }
  }

  private async firstStart(): Promise<void> {
    const dir = join(this.folder, `first-${this.figures.kills}`);
    const killed = this.start(dir, this.atCall(20));
    killed.killIn(this.random(3) === 0 ? 150 + this.random(250) : 5000);
    if ((await killed.port()) !== null) killed.kill();
    await killed.gone;
    const again = this.start(dir, {});
    const client = await login(await this.portOf(again));
    const answer = await asking(client)('@thingsdb', '[users_info().len(), collections_info().len()]');
    if (JSON.stringify(answer) !== '[1,1]') throw new Error(`a store that was killed at its first start has ${JSON.stringify(answer)}`);
    client.close();
    again.kill();
    await again.gone;
    rmSync(dir, { recursive: true, force: true });
  }

  private atCall(below: number): Record<string, string> {
    return { CRASH_CALL: String(1 + this.random(below)), ...(this.random(2) === 0 ? {} : { CRASH_AFTER: '1' }) };
  }

  private async inWork(way: Way): Promise<void> {
    const env: Record<string, string> = { CHECKPOINT_CHANGES: String(60 + this.random(300)) };
    // Too small for all there is, so that things come and go.
    if (this.random(2) === 0) env.CACHE_SIZE = '100000';
    if (way === 'step') env.CRASH_STEP = `${STEPS[this.random(STEPS.length)]}:${1 + this.random(3)}`;
    if (way === 'call') Object.assign(env, this.atCall(200));
    const server = this.start(this.dir, env);
    const port = await server.port();
    if (port === null) {
      await server.gone;
      return;
    }
    await this.check(port).catch(async (error: unknown) => {
      // Killed while it was asked: what reads may begin a checkpoint. The connection may end before the process is known to have.
      if (!(error instanceof ConnectionError)) throw error;
      await Promise.race([server.gone, new Promise((resolve) => setTimeout(resolve, GRACE).unref())]);
      if (server.child.signalCode !== 'SIGKILL') throw error;
    });
    if (way !== 'backup') server.killIn(way === 'work' ? this.random(250) : 1500);
    let answers = 0;
    const backup = way === 'backup' ? this.backup(server) : null;
    const limit = way === 'work' ? 50 + this.random(2000) : 20_000;
    await this.workload.run(port, () => {
      if (++answers === limit) server.kill();
      if (answers === 30) backup?.begin();
    });
    await server.gone;
    if (backup?.done != null) await this.checkBackup(backup.file, backup.done);
  }

  /** Has a backup written while there is work; the server is killed some time after the beginning. */
  private backup(server: Server): { readonly file: string; begin: () => void; done: Window | null } {
    const file = join(this.folder, `backup-${this.figures.kills}.tar.gz`);
    const backup = {
      file,
      done: null as Window | null,
      begin: (): void => {
        const { acknowledged } = this.workload.window();
        const isLater = this.random(2) === 0;
        const later = this.random(50);
        server.child.on('message', () => {
          backup.done = { acknowledged, sent: this.workload.window().sent };
          if (isLater) server.killIn(later);
        });
        // It may have been killed by then.
        server.child.send({ backup: file }, () => undefined);
        server.killIn(isLater ? 10_000 : this.random(300));
      },
    };
    return backup;
  }

  private async checkBackup(file: string, window: Window): Promise<void> {
    if (!existsSync(file)) throw new Error('a backup was told to be there, and is not');
    const dir = join(this.folder, 'restored');
    mkdirSync(dir);
    await restoreBackup(file, dir);
    const { engine } = await openEngine({ dir });
    const ask: Ask = async (scope, code) => {
      const { value, deep, flags } = engine.query({ user: { id: 1, name: 'admin' }, client: null, scope, code, vars: null });
      const w = new MsgpackWriter();
      encodeValue(w, value, { deep, flags, hooks: engine.hooks, sizeLimit: Number.MAX_SAFE_INTEGER });
      return JSON.parse(msgpackToJson(w.bytes()));
    };
    await this.workload.checkCopy(ask, window);
    await engine.close();
    rmSync(dir, { recursive: true });
    rmSync(file);
    this.figures.backups++;
  }
}
