/** The tables that all functions of a program share while it is compiled. */

import type { Span } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import type { ArmName, ProbeKind, ProbeSite } from '../bytecode/probes.ts';
import type { EffectReason, FunctionFields } from '../bytecode/program.ts';
import { Effect } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { Bytes, Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';
import type { Assembler } from './assembler.ts';
import type { Catalog, EffectRule } from './catalog.ts';
import type { Resolution } from './resolve.ts';

/** Key under which equal constants meet. */
function constantKey(value: Value): string | null {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `i${value}`;
  // A nan equals itself only as the same object, so each literal has its own.
  if (value instanceof Float) return Number.isNaN(value.value) ? null : `f${Object.is(value.value, -0) ? '-0' : value.value}`;
  if (value instanceof Bytes) return `b${value.bytes}`;
  if (value instanceof List) return `k${value.items.join(',')}`;
  return null;
}

export class Tables {
  readonly catalog: Catalog;
  readonly resolution: Resolution;
  readonly constants: Value[] = [];
  readonly names: string[] = [];
  readonly sites: string[] = [];
  readonly rows: string[] = [];
  readonly functions: (FunctionFields | null)[] = [];
  collection: EffectReason | null = null;
  thingsdb: EffectReason | null = null;
  private readonly constantIndex = new Map<string, number>();
  private readonly nameIndex = new Map<string, number>();
  private readonly rowIndex = new Map<string, number>();

  /** Null for a program that nobody watches. */
  readonly probes: ProbeSite[] | null;

  constructor(catalog: Catalog, resolution: Resolution, probes = false) {
    this.probes = probes ? [] : null;
    this.catalog = catalog;
    this.resolution = resolution;
  }

  constant(value: Value): number {
    const key = constantKey(value);
    if (key === null) return this.constants.push(value) - 1;
    let index = this.constantIndex.get(key);
    if (index === undefined) {
      index = this.constants.push(value) - 1;
      this.constantIndex.set(key, index);
    }
    return index;
  }

  /** A float; without a sign when it is zero, as everywhere. */
  float(value: number): Float {
    return new Float(value === 0 ? 0 : value);
  }

  /** A constant tuple of keys for one place alone: what the machine keeps for the place is found by it. */
  ownKeys(keys: readonly string[]): number {
    return this.constants.push(new List([...keys], true)) - 1;
  }

  /** A constant tuple of keys. */
  keys(keys: readonly string[]): number {
    return this.constant(new List([...keys], true));
  }

  name(name: string): number {
    let index = this.nameIndex.get(name);
    if (index === undefined) {
      index = this.names.push(name) - 1;
      this.nameIndex.set(name, index);
    }
    return index;
  }

  row(name: string): number {
    let index = this.rowIndex.get(name);
    if (index === undefined) {
      index = this.rows.push(name) - 1;
      this.rowIndex.set(name, index);
    }
    return index;
  }

  /** Emits a probe; nothing in a program that nobody watches. `whole` is the condition or loop of which the place is one way. */
  probe(asm: Assembler, fn: number, kind: ProbeKind, { start, end }: Span, name: string, arm: ArmName | null, whole: Span): void {
    if (this.probes === null) return;
    const of = arm === null ? null : { start: whole.start, end: whole.end, name: arm };
    asm.emit(Op.PROBE, this.probes.push({ kind, fn, start, end, name, arm: of }) - 1);
  }

  /** Notes an effect of the whole text. */
  effect(rule: EffectRule, what: string, at: Span): void {
    if ((rule.mask & Effect.COLLECTION) !== 0) this.collection ??= { what, start: at.start, end: at.end };
    if ((rule.mask & Effect.THINGSDB) !== 0) this.thingsdb ??= { what, start: at.start, end: at.end };
  }
}
