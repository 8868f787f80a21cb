/** A row as the machine uses it: counts and kinds of arguments as numbers. */
import { ErrorCode, type Failed, fail, TiError } from '../errors.ts';
import { Right } from '../model/rights.ts';
import type { Lockable } from '../model/types.ts';
import type { Value } from '../values/value.ts';
import type { Early, EarlyRow } from './lists-early.ts';
import {
  argumentCountError,
  argumentTypeError,
  type Context,
  kindMask,
  kindOf,
  type Loop,
  maxArgs,
  minArgs,
  type Row,
  ScopeBit,
} from './row.ts';

const ANY = kindMask('any');

/** The rest of the arguments when there is none, as in most calls of `push`. */
const NO_MORE: readonly Value[] = Object.freeze([]);

type Run = (cx: Context, ...args: unknown[]) => Value | Loop | Failed;

export class Builtin {
  readonly row: Row;
  readonly name: string;
  readonly min: number;
  /** -1: no limit. */
  readonly max: number;
  readonly receiver: number;
  /** A method: the receiver is locked until the call. A function: what its first argument names is. */
  readonly locks: boolean;
  /** Bits of the scopes in which it exists. */
  readonly scopes: number;
  private readonly masks: readonly number[];
  private readonly checked: boolean;
  /** Position of the rest parameter; -1 when there is none. */
  private readonly rest: number;
  private readonly run: Run;
  /** The types of the first two arguments; of a method with a rest parameter, unused. */
  private readonly first: number;
  private readonly second: number;
  /** See `EarlyRow`; null for a method whose arguments are all evaluated. */
  readonly early: Early | null;
  /** See `Row.commits`. */
  readonly commits: boolean;
  /** Bits of the right that a call needs in the scope of the query. */
  readonly right: number;

  constructor(row: Row) {
    this.row = row;
    this.name = row.name;
    this.min = minArgs(row);
    this.max = maxArgs(row);
    this.receiver = row.receiver === undefined ? 0 : kindMask(row.receiver);
    this.locks = row.receiver === undefined ? row.names !== undefined : row.locks === true;
    this.scopes = row.scopes === undefined ? 7 : row.scopes.reduce((bits, name) => bits | ScopeBit[name], 0);
    this.masks = row.params.map((p) => kindMask(p.type));
    this.checked = this.masks.some((mask) => mask !== ANY);
    this.rest = row.params.at(-1)?.rest ? row.params.length - 1 : -1;
    this.run = row.run as Run;
    this.first = this.masks[0] ?? ANY;
    this.second = this.masks[1] ?? ANY;
    this.commits = row.commits === true;
    this.right = row.right === undefined ? 0 : Right[row.right];
    this.early = (row as Partial<EarlyRow>).early ?? null;
  }

  /**
   * What the first argument of a function names, and must not be changed while the others are evaluated; undefined when it is not there yet. Throws
   * TiError when the argument is no name, or names nothing where something must be.
   */
  named(cx: Context, name: Value): Lockable | undefined {
    const { row } = this;
    if (row.receiver !== undefined || row.names === undefined) return undefined;
    if (typeof name !== 'string') throw argumentTypeError(row, 0, name);
    return row.names(cx, name);
  }

  countError(given: number): TiError {
    return argumentCountError(this.row, given);
  }

  /** The error of the first argument of a wrong type; null when all are right. */
  private check(stack: readonly Value[], base: number, count: number): TiError | null {
    for (let i = 0; i < count; i++) {
      const mask = this.masks[this.rest >= 0 && i > this.rest ? this.rest : i] as number;
      if (mask !== ANY && (kindOf(stack[base + i] as Value) & mask) === 0) return argumentTypeError(this.row, i, stack[base + i] as Value);
    }
    return null;
  }

  /** Calls a function with the `count` arguments at `base` of the stack. */
  callFunction(cx: Context, stack: readonly Value[], base: number, count: number): Value | Loop | Failed {
    if (this.checked) {
      const wrong = this.check(stack, base, count);
      if (wrong !== null) return fail(wrong);
    }
    const { run, rest } = this;
    if (rest < 0) {
      if (count === 1) return run(cx, stack[base]);
      if (count === 2) return run(cx, stack[base], stack[base + 1]);
      if (count === 0) return run(cx);
      return run(cx, ...stack.slice(base, base + count));
    }
    return run(cx, ...stack.slice(base, base + Math.min(rest, count)), stack.slice(base + rest, Math.max(base + count, base + rest)));
  }

  /** Calls a function with one argument. */
  callOne(cx: Context, value: Value): Value | Loop | Failed {
    if (this.checked && (kindOf(value) & (this.masks[0] as number)) === 0) return fail(argumentTypeError(this.row, 0, value));
    const { run } = this;
    if (this.rest < 0) return run(cx, value);
    return this.rest === 0 ? run(cx, [value]) : run(cx, value, NO_MORE);
  }

  /** Whether `callMethodOne` and `callMethodTwo` may be used: the arguments come one by one. */
  get isPlain(): boolean {
    return this.rest < 0;
  }

  /** Calls a method on `self` with one argument. */
  callMethodOne(cx: Context, self: Value, a: Value): Value | Loop | Failed {
    if (this.first !== ANY && (kindOf(a) & this.first) === 0) return fail(argumentTypeError(this.row, 0, a));
    const { run } = this;
    return run(cx, self, a);
  }

  /** Calls a method on `self` with two arguments. */
  callMethodTwo(cx: Context, self: Value, a: Value, b: Value): Value | Loop | Failed {
    if (this.first !== ANY && (kindOf(a) & this.first) === 0) return fail(argumentTypeError(this.row, 0, a));
    if (this.second !== ANY && (kindOf(b) & this.second) === 0) return fail(argumentTypeError(this.row, 1, b));
    const { run } = this;
    return run(cx, self, a, b);
  }

  /** Calls a method on `self` with the `count` arguments at `base` of the stack. */
  callMethod(cx: Context, self: Value, stack: readonly Value[], base: number, count: number): Value | Loop | Failed {
    const { run, rest } = this;
    if (rest < 0) {
      if (count === 0) return run(cx, self);
      if (count === 1) return this.callMethodOne(cx, self, stack[base] as Value);
      if (count === 2) return this.callMethodTwo(cx, self, stack[base] as Value, stack[base + 1] as Value);
    }
    if (this.checked) {
      const wrong = this.check(stack, base, count);
      if (wrong !== null) return fail(wrong);
    }
    if (rest < 0) return run(cx, self, ...stack.slice(base, base + count));
    if (rest === 0) return run(cx, self, stack.slice(base, base + count));
    if (rest === 1 && count > 0) return run(cx, self, stack[base], count === 1 ? NO_MORE : stack.slice(base + 1, base + count));
    return run(cx, self, ...stack.slice(base, base + Math.min(rest, count)), stack.slice(base + rest, Math.max(base + count, base + rest)));
  }
}

/** Stands for a callee whose result is known before its arguments are: a value, or (undefined) the argument that comes next. */
export class Given {
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

const WHERE = { collection: 'a `@collection` scope', thingsdb: 'the `@thingsdb` scope', node: 'a `@node` scope' } as const;

/** The error for a function that the scope of the query does not have. */
export function scopeError(builtin: Builtin, scope: 'collection' | 'thingsdb' | 'node'): TiError {
  const better = builtin.row.scopes?.[0] ?? 'collection';
  return new TiError(
    ErrorCode.LOOKUP,
    `function \`${builtin.name}\` is undefined in the \`@${scope}\` scope; you might want to query ${WHERE[better]}?; ` +
      'see https://docs.thingsdb.io/v1/overview/scopes',
  );
}
