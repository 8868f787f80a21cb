/** Runs programs of unknown origin on two engines, one that interprets and one that translates everything, and looks what becomes of them. */
import { library } from '../../src/builtins/library.ts';
import type { Program } from '../../src/bytecode/program.ts';
import { verifyProgram } from '../../src/bytecode/verify.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { translate } from '../../src/vm/translate.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { typedOf } from '../conformance/typed.ts';
import { ask } from '../support.ts';

const ADMIN = { id: 1, name: 'admin' };

/** Only works while nothing is left of an earlier run: no lock on the root or its lists, no frame, no handler. */
const PROBE =
  '.probe = [1, 2, 3].map(|x| x * 2); .probe.push(8); .probe[0] = 1; f = |n| n < 2 ? 1 : n * f(n - 1); for (x in .probe) try({ .probe.push(x) }); ' +
  'r = [.probe, f(5), try(1 / 0) == try(2 / 0)]; .del("probe"); r;';
const PROBED = JSON.stringify([[1, 4, 6, 8], 120, true]);

const TOO_LONG = 'query has taken too long';

export type Outcome = 'refused' | 'failed' | 'ran';

/** Refused by the verifier. Anything but a TiError is thrown on. */
export function isSound(program: Program): boolean {
  try {
    verifyProgram(program, library);
    return true;
  } catch (error) {
    if (error instanceof TiError) return false;
    throw error;
  }
}

export class Arena {
  private cold: LocalEngine | null = null;
  private hot: LocalEngine | null = null;
  private runs = 0;

  private async engines(): Promise<readonly [LocalEngine, LocalEngine]> {
    // Collections and types of earlier runs would pile up.
    if (this.cold === null || this.hot === null || this.runs++ % 500 === 499) {
      this.cold = await engine();
      this.hot = await engine();
    }
    return [this.cold, this.hot];
  }

  /** Verifies and runs one program, made anew for each engine. Throws what must not happen. */
  async fight(make: () => Program): Promise<Outcome> {
    if (!isSound(make())) return 'refused';
    const [cold, hot] = await this.engines();
    const first = runOn(cold, make());
    const second = runOn(hot, translated(make()));
    if (first.includes(TOO_LONG) || second.includes(TOO_LONG)) {
      // How far each came is a matter of time.
      this.cold = null;
      return 'failed';
    }
    this.compare('it gives', first, second);
    this.compare('it leaves', stateOf(cold), stateOf(hot));
    this.probe(cold, 'interpreting');
    this.probe(hot, 'translating');
    return first.startsWith('error') ? 'failed' : 'ran';
  }

  private compare(what: string, first: string, second: string): void {
    if (first === second) return;
    this.cold = null;
    throw new Error(`interpreted, ${what} ${first}\ntranslated, ${what} ${second}`);
  }

  private probe(engine: LocalEngine, which: string): void {
    const answer = JSON.stringify(ask(engine, PROBE));
    if (answer === PROBED) return;
    this.cold = null;
    throw new Error(`the ${which} engine gives ${answer} afterwards`);
  }
}

async function engine(): Promise<LocalEngine> {
  const made = new LocalEngine(memoryStore(), { queryDurationError: 0.5 });
  await made.initialize('no password');
  return made;
}

function translated(program: Program): Program {
  for (const fn of program.functions) translate(fn);
  return program;
}

/** All that is stored, some levels deep. */
function stateOf(engine: LocalEngine): string {
  const w = new MsgpackWriter();
  encodeValue(w, engine.database.collectionByName('stuff').root, { deep: 4, flags: 0, hooks: engine.hooks });
  return JSON.stringify(typedOf(w.take()));
}

/** What came of it, as text. Throws what is no TiError. */
function runOn(engine: LocalEngine, program: Program): string {
  const start = performance.now();
  const answer = answerOf(engine, program);
  if (performance.now() - start > 10_000) throw new Error('a run took far longer than it may');
  return answer;
}

function answerOf(engine: LocalEngine, program: Program): string {
  try {
    const { value, deep, flags } = engine.runProgram(program, { user: ADMIN, client: null, scope: '//stuff', vars: null });
    const w = new MsgpackWriter();
    encodeValue(w, value, { deep, flags, hooks: engine.hooks });
    return JSON.stringify(typedOf(w.take()));
  } catch (error) {
    if (error instanceof TiError) return `error ${error.code} ${error.message.startsWith(TOO_LONG) ? TOO_LONG : ''}`;
    throw error;
  }
}
