/** What tests share: running text on a database in memory. */
import { LocalEngine } from '../src/engine/engine.ts';
import { TiError } from '../src/errors.ts';
import { MsgpackWriter } from '../src/msgpack/writer.ts';
import { memoryStore } from '../src/storage/memory.ts';
import { encodeValue } from '../src/wire/encode.ts';
import { type Typed, typedOf } from './conformance/typed.ts';

const ADMIN = { id: 1, name: 'admin' };

export const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** An engine in memory with the collection `stuff`. */
export async function memoryEngine(): Promise<LocalEngine> {
  const engine = new LocalEngine(memoryStore());
  await engine.initialize('no password');
  return engine;
}

/** Runs a text and gives its typed answer; an error is given as `{error, message}`. */
export function ask(engine: LocalEngine, code: string, scope = '//stuff'): Typed {
  try {
    const { value, deep, flags } = engine.query({ user: ADMIN, client: null, scope, code: latin1(code), vars: null });
    const w = new MsgpackWriter();
    encodeValue(w, value, { deep, flags, hooks: engine.hooks });
    return typedOf(w.take());
  } catch (error) {
    if (error instanceof TiError) return { error: error.code, message: error.message };
    throw error;
  }
}

/** The code of the error that a text ends with; null when it ends well. */
export function errorOf(engine: LocalEngine, code: string, scope?: string): number | null {
  const answer = ask(engine, code, scope);
  return answer !== null && typeof answer === 'object' && !Array.isArray(answer) && typeof answer['error'] === 'number'
    ? answer['error']
    : null;
}
