/** All built-ins by name, as the machine and the compiler look them up. */
import type { Catalog, EffectRule, FunctionInfo } from '../compiler/catalog.ts';
import { Effect } from '../values/closure.ts';
import { Float } from '../values/scalars.ts';
import type { Value } from '../values/value.ts';
import { Builtin } from './builtin.ts';
import { rows2019 } from './dialect-2019/registry.ts';
import { allRows } from './registry.ts';
import type { MethodRow, Row } from './row.ts';

/** The methods of one name, by the type of the receiver. */
export class MethodTable {
  readonly builtins: Builtin[] = [];

  find(kind: number): Builtin | undefined {
    for (const builtin of this.builtins) if ((builtin.receiver & kind) !== 0) return builtin;
    return undefined;
  }
}

function effectMask(row: Row): number {
  let mask = 0;
  for (const scope of row.changes ?? []) mask |= scope === 'collection' ? Effect.COLLECTION : Effect.THINGSDB;
  return mask;
}

const EMPTY = new MethodTable();

class Library implements Catalog {
  private readonly functions = new Map<string, Builtin>();
  private readonly methods = new Map<string, MethodTable>();
  private readonly infos = new Map<string, FunctionInfo>();
  private readonly rules = new Map<string, EffectRule>();
  private readonly deferring = new Set<string>();

  constructor(rows: readonly Row[]) {
    for (const row of rows) {
      const builtin = new Builtin(row);
      if (row.receiver === undefined) this.addFunction(row, builtin);
      else if (row.byMachine !== true) this.addMethod(row, builtin);
    }
  }

  private addFunction(row: Row, builtin: Builtin): void {
    if (this.functions.has(row.name)) throw new Error(`two rows for the function ${row.name}`);
    this.functions.set(row.name, builtin);
    const mask = effectMask(row);
    this.infos.set(row.name, {
      name: row.name,
      min: builtin.min,
      max: builtin.max,
      effect: mask === 0 ? null : { mask, notOnVariable: false },
      scoped: row.scopes !== undefined,
      names: row.receiver === undefined && row.names !== undefined,
      scopes: builtin.scopes,
      defers: row.defers === true,
    });
  }

  private addMethod(row: MethodRow, builtin: Builtin): void {
    let table = this.methods.get(row.name);
    if (table === undefined) {
      table = new MethodTable();
      this.methods.set(row.name, table);
    }
    const taken = table.find(builtin.receiver);
    if (taken !== undefined) throw new Error(`two rows for the method ${row.name} of ${row.receiver}`);
    table.builtins.push(builtin);
    if (row.defers === true) this.deferring.add(row.name);
    const mask = effectMask(row);
    if (mask === 0) return;
    const old = this.rules.get(row.name);
    this.rules.set(row.name, {
      mask: mask | (old?.mask ?? 0),
      notOnVariable: row.notOnVariable === true && (old?.notOnVariable ?? true),
    });
  }

  functionInfo(name: string): FunctionInfo | undefined {
    return this.infos.get(name);
  }

  methodEffect(name: string): EffectRule | null {
    return this.rules.get(name) ?? null;
  }

  methodDefers(name: string): boolean {
    return this.deferring.has(name);
  }

  functionRow(name: string): Builtin | undefined {
    return this.functions.get(name);
  }

  methodTable(name: string): MethodTable {
    return this.methods.get(name) ?? EMPTY;
  }
}

export const library = new Library([...allRows, ...rows2019]);

const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['INT_MAX', 9223372036854775807n],
  ['INT_MIN', -9223372036854775808n],
  ['MATH_PI', new Float(Math.PI)],
  ['MATH_E', new Float(Math.E)],
  ['QUERY', 1],
  ['CHANGE', 2],
  ['GRANT', 4],
  ['JOIN', 8],
  ['RUN', 16],
  ['USER', 27],
  ['FULL', 31],
  ['NO_IDS', 32],
  ['DEBUG', 0],
  ['INFO', 1],
  ['WARNING', 2],
  ['ERROR', 3],
  ['CRITICAL', 4],
  ['WPO', 2],
  ['HID', 4],
  ['IDX', 8],
]);

/** The names of all constants. */
export const constantNames = (): Iterable<string> => CONSTANTS.keys();

/** A constant of the language; undefined when there is none of that name. */
export function constant(name: string): Value | undefined {
  return CONSTANTS.get(name);
}
