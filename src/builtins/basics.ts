import { valueErr } from '../errors.ts';
import { List } from '../values/list.ts';
import { typeName, type Value } from '../values/value.ts';
import { TiError } from '../errors.ts';
import { Float } from '../values/scalars.ts';
import { Closure } from '../values/closure.ts';
import type { Row } from './row.ts';
const b = { returns: 'any', doc: 'x', example: '', page: 'x' } as const;
export const basicRows: readonly Row[] = [
  { ...b, name: 'range', params: [{ name: 'a', type: 'int' }, { name: 'b', type: 'int', optional: true }, { name: 'c', type: 'int', optional: true }],
    run: (cx, a: number, e: number | undefined, s: number | undefined) => {
      const start = e === undefined ? 0 : a; const stop = e === undefined ? a : e; const step = s ?? 1;
      if (step === 0) throw valueErr('step value must not be zero');
      const n = Math.max(0, Math.ceil((stop - start) / step)); cx.spend(n);
      const items: Value[] = []; for (let i = 0; i < n; i++) items.push(start + i * step); return new List(items); } },
  { ...b, name: 'type', params: [{ name: 'x', type: 'any' }], run: (_cx, x: Value) => typeName(x) },
  { ...b, name: 'wse', params: [{ name: 'x', type: 'any', optional: true }], changes: ['collection', 'thingsdb'], run: (_cx, x: Value | undefined) => x ?? null },
  { ...b, name: 'nse', params: [{ name: 'x', type: 'any', optional: true }], run: (_cx, x: Value | undefined) => x ?? null },
  { ...b, name: 'is_err', params: [{ name: 'x', type: 'any' }], run: (_cx, x: Value) => x instanceof TiError },
  { ...b, name: 'is_nil', params: [{ name: 'x', type: 'any' }], run: (_cx, x: Value) => x === null },
  { ...b, name: 'is_nan', params: [{ name: 'x', type: 'any' }], run: (_cx, x: Value) => x instanceof Float && Number.isNaN(x.value) },
  { ...b, name: 'doc', receiver: 'closure', params: [], run: (_cx, x: Closure) => x.code.doc },
];
