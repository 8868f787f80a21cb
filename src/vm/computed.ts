/** Properties that a method computes. */

import { ErrorCode, TiError } from '../errors.ts';
import type { Closure } from '../values/closure.ts';
import { Future } from '../values/handles.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import type { Machine } from './machine.ts';

/**
 * Calls a method of a wrap for the answer. It cannot change anything, and errors are what it gives: their text. Levels and flags are what the
 * method says, else one level.
 */
export function compute(m: Machine, method: Closure, thing: Thing): { value: Value; deep: number; flags: number } {
  const { tx, deep, flags } = m;
  const { change } = tx;
  m.deep = 1;
  m.flags = 0;
  tx.change = null;
  try {
    if ((m.codeOf(method).effects & m.effectBit()) !== 0) return failed('method has side effects');
    const value = m.call(method, [thing]);
    return value instanceof Future ? failed('method contains futures') : { value, deep: m.deep, flags: m.flags };
  } catch (error) {
    if (!(error instanceof TiError) || error.code > ErrorCode.ASSERT) throw error;
    return { value: error.message, deep: 1, flags: 0 };
  } finally {
    tx.change = change;
    m.deep = deep;
    m.flags = flags;
  }
}

const failed = (why: string) => ({ value: `failed to compute property; ${why}`, deep: 1, flags: 0 });
