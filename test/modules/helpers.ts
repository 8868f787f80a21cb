/** What tests of modules share: an engine whose modules run as processes, in a folder of their own. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueryAnswer } from '../../src/engine/api.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { closureFromText } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { ProcessHost } from '../../src/modules/host.ts';
import type { ModuleOptions } from '../../src/modules/options.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import type { Store } from '../../src/storage/store.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { type Typed, typedOf } from '../conformance/typed.ts';
import { latin1 } from '../support.ts';

export const EXAMPLE = fileURLToPath(new URL('../../examples/module-echo', import.meta.url));

const ADMIN = { id: 1, name: 'admin' };

export interface Bench {
  readonly engine: LocalEngine;
  readonly path: string;
  readonly lines: string[];
  /** Waits for what the query gives, also when a module is asked. */
  ask(code: string, scope?: string): Promise<Typed>;
  /** Asks for the status of a module until it is this one. */
  until(name: string, status: string): Promise<void>;
  /** Asks until the answer is no error, and gives it. */
  ready(code: string): Promise<Typed>;
  /** Writes a file into the folder of a module. */
  put(module: string, file: string, content: string): void;
  close(): Promise<void>;
}

/** Resolves with the packed answer, as a server packs it: in the turn in which it is there. */
function answerOf(engine: LocalEngine, code: string, scope: string): Promise<Typed> {
  return new Promise((resolve) => {
    const tell = (finish: () => QueryAnswer | TiError | null): void => {
      try {
        const answer = finish();
        if (answer === null) return;
        if (answer instanceof TiError) throw answer;
        const w = new MsgpackWriter();
        encodeValue(w, answer.value, { deep: answer.deep, flags: answer.flags, hooks: engine.hooks });
        resolve(typedOf(w.take()));
      } catch (error) {
        resolve(error instanceof TiError ? { error: error.code, message: error.message } : { fault: String((error as Error).stack) });
      }
    };
    tell(() => engine.query({ user: ADMIN, client: null, scope, code: latin1(code), vars: null }, tell));
  });
}

export async function openBench(options: Partial<ModuleOptions> = {}, store: Store = memoryStore()): Promise<Bench> {
  const path = options.path ?? mkdtempSync(join(tmpdir(), 'modules-'));
  const lines: string[] = [];
  const line = (text: string): void => {
    lines.push(text);
  };
  const log = { debug: line, info: line, warning: line, error: line };
  const modules = new ProcessHost({ path, python: 'python3', log, checkClosure: closureFromText, restartDelays: [0, 0, 0], ...options });
  const engine = new LocalEngine(store, { modules });
  if (!engine.recover()) await engine.initialize('no password');
  engine.startModules();
  const ask = (code: string, scope = '//stuff'): Promise<Typed> => answerOf(engine, code, scope);
  return {
    engine,
    path,
    lines,
    ask,
    async until(name, status) {
      for (let tries = 0; tries < 1000; tries++) {
        const now = await ask(`module_info('${name}').load().status;`);
        if (now === status) return;
        if (tries === 999) throw new Error(`module ${name} is ${JSON.stringify(now)} and not ${status}: ${lines.join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async ready(code) {
      for (let tries = 0; ; tries++) {
        const answer = await ask(code);
        if (answer === null || typeof answer !== 'object' || !('error' in answer)) return answer;
        if (tries === 500) throw new Error(`${code} still fails: ${JSON.stringify(answer)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    put(module, file, content) {
      mkdirSync(join(path, module), { recursive: true });
      writeFileSync(join(path, module, file), content, { mode: 0o700 });
    },
    async close() {
      await engine.close();
      if (options.path === undefined) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A module that does what requests say; its library is that of the example. */
export const PUPPET = `
import { ModuleError, startModule } from './timodule.ts';
const raw = (bytes) => process.stdout.write(Buffer.from(bytes));
const head = (type, id, size) => [size, 0, 0, 0, id, 0, type, type ^ 255];
startModule({
  onConfig(conf) {
    if (conf.bad) throw new Error('bad');
  },
  async onRequest(request) {
    if (request.exit !== undefined) process.exit(request.exit);
    if (request.garbage) raw([1, 2, 3, 4, 5, 6, 7, 8]);
    if (request.say) console.error(request.say);
    if (request.hang) return new Promise(() => {});
    if (request.error) throw new ModuleError(...request.error);
    if (request.raw) { raw([...head(request.type, request.id, request.raw.length), ...request.raw]); return new Promise(() => {}); }
    if (request.wait) await new Promise((resolve) => setTimeout(resolve, request.wait));
    return 'reply' in request ? request.reply : request;
  },
});
`;

/** Adds the module of that name, which runs PUPPET, and waits till it runs. */
export async function addPuppet(bench: Bench, name: string, conf = 'nil'): Promise<void> {
  bench.put(name, 'puppet.ts', PUPPET);
  for (const file of ['timodule.ts', 'msgpack.ts']) cpSync(join(EXAMPLE, file), join(bench.path, name, file));
  await bench.ask(`new_module('${name}', 'puppet.ts', ${conf});`, '@t');
  await bench.until(name, 'running');
}
