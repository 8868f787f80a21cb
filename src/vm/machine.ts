/**
 * The machine: the stacks and registers of one database, calls, what a query may use up, and locks. One machine runs one query at a time, to its end; between
 * queries it holds nothing of them. The instructions are in `loop.ts`, and what they do that is more than a line beside it, by subject: `names.ts`,
 * `assignments.ts`, `methods.ts`, `making.ts`, `indexing.ts`, `iteration.ts`, `unwinding.ts`.
 */

import { Builtin, Given, scopeError } from '../builtins/builtin.ts';
import type { MethodTable } from '../builtins/library.ts';
import { type Context, Loop, ScopeBit, type ScopeName } from '../builtins/row.ts';
import { type FramedCode, FunctionCode, type InlineCache, type LeafCode, type Program } from '../bytecode/program.ts';
import { Failed, fail, operationErr, TiError, typeErr, valueErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import { inUse, noProperty } from '../model/property-checks.ts';
import { checkRights } from '../model/rights.ts';
import type { Transaction } from '../model/transaction.ts';
import { type Lockable, Method, type TypeDef } from '../model/types.ts';
import { Closure, Effect } from '../values/closure.ts';
import type { AnoType } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { payWith } from '../values/meter.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Container, Frame, type Handler, HOT, MAX_DEPTH, MAX_NATIVE, MAX_NESTED, tooDeep } from './frame.ts';
import { startLoop } from './iteration.ts';
import { runLoop } from './loop.ts';
import { construct } from './making.ts';
import { MemoryGuard } from './memory.ts';
import { thisOf } from './methods.ts';
import type { Probe } from './probe.ts';
import { translate } from './translate.ts';
import { asError, locate } from './unwinding.ts';

const FUEL_SLICE = 10_000;
/** After so many slices the memory is looked at, which takes some microseconds. */
const SLICES_A_LOOK = 4;
/** About what a built-in takes of the memory for each unit of work that it announces. */
const BYTES_A_UNIT = 32;
/** Who announces more wants the query to end when its time is up, and takes nothing. */
const MOST_UNITS = 2 ** 26;

/** What the machine needs of those who put it together. */
export interface MachineHost {
  readonly database: Database;
  functionRow(name: string): Builtin | undefined;
  methodTable(name: string): MethodTable;
  /** A constant such as INT_MAX; undefined when there is none of that name. */
  constant(name: string): Value | undefined;
  /** Compiles a closure that was read from the store. */
  compile(closure: Closure): FunctionCode;
  /** What a query may take, in bytes; 0: a quarter of what the process may take. */
  readonly memoryLimit: number;
  /** Whether the query that runs is to end; asked again and again meanwhile. */
  isInterrupted(): boolean;
}

/** What one run is given. */
export interface RunOptions {
  readonly scope: ScopeName;
  readonly collection: Collection | null;
  readonly tx: Transaction;
  readonly vars: ReadonlyMap<string, Value> | null;
  /** Time after which the run fails, in milliseconds of `performance.now()`; Infinity for none. */
  readonly deadline: number;
  readonly deep: number;
  readonly context: Context;
}

/** Shared by all queries without variables: nothing is ever added to it. */
const NO_VARS: Map<string, Value> = new Map();
const STACK_SIZE = 4096;
/** Places above a frame that calls from built-ins and translated code use before the next frame. */
const MARGIN = 8;

export class Machine {
  readonly stack: Value[] = new Array<Value>(STACK_SIZE).fill(null);
  readonly frames: Frame[] = [];
  depth = 0;
  /** Where free values start on the stack; only right while a built-in runs. */
  sp = 0;
  /** Number of the run; closures made by an earlier one are made anew. */
  run = 0;
  /** Grows whenever what a free name means may have changed; inline caches of names hold while it stays. */
  epoch = 0;
  fuel = 0;
  lockTop = 0;
  handlerTop = 0;
  deep = 1;
  flags = 0;
  tx!: Transaction;
  context!: Context;
  /** Position in the code of the leaf that runs, for the place of an error. */
  leafPc = 0;
  nested = 0;
  /** Who watches programs that have probes. */
  probe: Probe | null = null;
  /** The error on its way that `probe` was told of last. */
  told: TiError | null = null;
  private slices = 0;
  private readonly memory: MemoryGuard;
  private readonly pay = (units: number): void => this.spend(units);
  /** How far up the stack may hold values of this query. */
  private high = 0;
  readonly host: MachineHost;
  private readonly locks: Lockable[] = [];
  readonly handlers: Handler[] = [];
  private deadline = Number.POSITIVE_INFINITY;
  /** The variables that were sent with the query; empty when there were none, and then not to be changed. */
  sent: Map<string, Value> = NO_VARS;
  scope: ScopeName = 'thingsdb';
  /** That of the query that runs, or that ran last. */
  collection: Collection | null = null;
  /** The anonymous types of this and earlier runs, by the list of their keys in the constants. */
  readonly anos = new WeakMap<readonly string[], { readonly run: number; readonly ano: AnoType }>();

  constructor(host: MachineHost) {
    this.host = host;
    this.memory = new MemoryGuard(host.memoryLimit);
  }

  /** Runs a function as a query of its own, with arguments for its parameters. Gives an error that ends it. */
  execute(fn: FunctionCode, args: readonly Value[], options: RunOptions): Value | Failed {
    this.run++;
    this.epoch++;
    this.scope = options.scope;
    this.collection = options.collection;
    this.tx = options.tx;
    this.context = options.context;
    this.sent = options.vars === null ? NO_VARS : new Map(options.vars);
    this.deadline = options.deadline;
    this.fuel = FUEL_SLICE;
    this.slices = 1;
    this.memory.begin();
    this.nested = 0;
    this.deep = options.deep;
    this.flags = 0;
    payWith(this.pay);
    try {
      const base = args.length;
      for (let i = 0; i < base; i++) this.stack[i] = args[i] as Value;
      this.push(fn, 0, base, 0);
      this.bindVars(fn);
      return this.runMain(fn);
    } finally {
      if (fn.heat <= HOT) this.warmMain(fn);
      this.unlockTo(0);
      this.depth = 0;
      this.nested = 0;
      this.handlerTop = 0;
      // Nothing of this query stays reachable from the machine.
      if (this.stack.length > STACK_SIZE) this.stack.length = STACK_SIZE;
      this.stack.fill(null, 0, Math.min(this.high, STACK_SIZE));
      this.high = 0;
    }
  }

  private runMain(fn: FunctionCode): Value | Failed {
    this.sp = fn.localCount;
    if (fn.framed === null && (fn.leaf === null || this.sent.size > 0 || fn.arity > 0)) return runLoop(this, 0, true);
    try {
      return fn.framed !== null ? fn.framed(this, 0) : (fn.leaf as LeafCode)(this, null, null, null);
    } catch (error) {
      const caught = asError(error);
      if (fn.leaf !== null) (this.frames[0] as Frame).pc = this.leafPc;
      if (caught.start < 0) locate(this, caught);
      return fail(caught);
    }
  }

  /** A text that ran long is worth translating for the next time. */
  private warmMain(fn: FunctionCode): void {
    fn.heat += this.slices * FUEL_SLICE - this.fuel;
    if (fn.heat > HOT) translate(fn);
  }

  /** Counts a call of a function, and translates it when that was often enough. */
  warm(fn: FunctionCode): void {
    if (++fn.heat === HOT) translate(fn);
  }

  /** Variables sent with a query are as if assigned before its first statement. */
  private bindVars(fn: FunctionCode): void {
    for (const [name, value] of this.sent) {
      const slot = fn.slotOf.get(name);
      if (slot !== undefined) this.stack[slot] = value;
    }
  }

  // --- calls ---

  /** Makes a frame whose arguments lie at `base`; unset locals follow them. */
  private push(fn: FunctionCode, base: number, given: number, result: number): Frame {
    const { stack } = this;
    const { arity, localCount } = fn;
    for (let i = given; i < arity; i++) stack[base + i] = null;
    for (let i = arity; i < localCount; i++) (stack as unknown[])[base + i] = undefined;
    const top = base + localCount + fn.maxStack + MARGIN;
    if (top > this.high) this.high = top;
    const depth = this.depth++;
    let frame = this.frames[depth];
    if (frame === undefined) {
      frame = new Frame(fn);
      this.frames.push(frame);
    }
    frame.fn = fn;
    frame.pc = 0;
    frame.fp = base;
    frame.result = result;
    frame.locks = this.lockTop;
    frame.handlers = this.handlerTop;
    frame.loop = null;
    if (fn.seen) this.epoch++;
    return frame;
  }

  codeOf(closure: Closure): FunctionCode {
    const { code } = closure;
    return code instanceof FunctionCode ? code : this.load(closure);
  }

  private load(closure: Closure): FunctionCode {
    const code = this.host.compile(closure);
    closure.code = code;
    return code;
  }

  /** Opens the frame of a closure that is called by an instruction. */
  enter(closure: Closure, base: number, given: number, result: number): Frame {
    const fn = this.codeOf(closure);
    this.tick();
    if (this.depth >= MAX_DEPTH) throw tooDeep();
    if (fn.effects !== 0 && closure.unbound) this.checkEffects(fn);
    if (fn.heat < HOT) this.warm(fn);
    return this.push(fn, base, given, result);
  }

  /** Calls a leaf with arguments that lie at `base`; nothing else on the stack from `m.sp` on may be in use. */
  callLeaf(closure: Closure, fn: FunctionCode, base: number, count: number): Value {
    this.tick();
    if (fn.effects !== 0 && closure.unbound) this.checkEffects(fn);
    const { stack } = this;
    return (fn.leaf as LeafCode)(
      this,
      count > 0 ? (stack[base] as Value) : null,
      count > 1 ? (stack[base + 1] as Value) : null,
      count > 2 ? (stack[base + 2] as Value) : null,
    );
  }

  /** Runs the translation in the frame just opened, and closes the frame. */
  runFramed(frame: Frame): Value {
    const { fn, fp } = frame;
    this.sp = fp + fn.localCount;
    this.nested++;
    const result = (fn.framed as FramedCode)(this, fp);
    this.nested--;
    this.depth--;
    if (fn.seen) this.epoch++;
    return result;
  }

  /** A call from translated code: the `count` arguments lie above `m.sp`. */
  callFrom(callee: unknown, count: number, program: Program): Value {
    const base = this.sp + 1;
    if (!(callee instanceof Closure)) return construct(this, callee, base, count);
    const fn = this.codeOf(callee);
    if (fn.leaf !== null) return this.callLeaf(callee, fn, base, count);
    const depth = this.depth;
    const frame = this.enter(callee, base, count, base - 1);
    if (fn.program !== program) this.epoch++;
    let result: Value;
    if (fn.framed !== null && this.nested < MAX_NATIVE) result = this.runFramed(frame);
    else {
      if (this.nested >= MAX_NESTED) throw tooDeep();
      this.nested++;
      result = runLoop(this, depth);
      this.nested--;
    }
    this.sp = base - 1;
    if (fn.program !== program) this.epoch++;
    return result;
  }

  /** A call of a method from translated code. */
  methodFrom(self: Value, callee: unknown, count: number, program: Program): Value {
    if (callee instanceof Given) return callee.value === undefined ? (this.stack[this.sp + count] as Value) : callee.value;
    if (callee instanceof Method) return this.ownMethodFrom(self, callee, count, program);
    if (!(callee instanceof Builtin)) return this.callFrom(callee, count, program);
    if (callee.locks) this.unlock();
    const base = this.sp + 1;
    this.sp = base + count;
    const result = callee.callMethod(this.context, self, this.stack, base, count);
    if (result instanceof Failed) throw result.error;
    this.sp = base - 1;
    return result instanceof Loop ? this.loopFrom(result) : result;
  }

  /** A call of a method without arguments. */
  methodFrom0(self: Value, callee: unknown, program: Program): Value {
    if (!(callee instanceof Builtin && callee.isPlain)) return this.methodFrom(self, callee, 0, program);
    if (callee.locks) this.unlock();
    const result = callee.callMethod(this.context, self, this.stack, this.sp, 0);
    return typeof result === 'object' ? this.resultFrom(result) : result;
  }

  /** A call of a method with one argument, which mostly need not lie on the stack. */
  methodFrom1(self: Value, callee: unknown, a: Value, program: Program): Value {
    if (!(callee instanceof Builtin && callee.isPlain)) {
      this.stack[this.sp + 1] = a;
      return this.methodFrom(self, callee, 1, program);
    }
    if (callee.locks) this.unlock();
    const result = callee.callMethodOne(this.context, self, a);
    return typeof result === 'object' ? this.resultFrom(result) : result;
  }

  /** The same with two. */
  methodFrom2(self: Value, callee: unknown, a: Value, b: Value, program: Program): Value {
    if (!(callee instanceof Builtin && callee.isPlain)) {
      this.stack[this.sp + 1] = a;
      this.stack[this.sp + 2] = b;
      return this.methodFrom(self, callee, 2, program);
    }
    if (callee.locks) this.unlock();
    const result = callee.callMethodTwo(this.context, self, a, b);
    return typeof result === 'object' ? this.resultFrom(result) : result;
  }

  /** What a built-in gave that is no text, number or truth value. */
  private resultFrom(result: Exclude<Value, string | number | boolean | bigint> | Loop | Failed): Value {
    if (result instanceof Failed) throw result.error;
    return result instanceof Loop ? this.loopFrom(result) : result;
  }

  /** A call of a method of a type or enumerator from translated code: the receiver becomes the first argument. */
  private ownMethodFrom(self: Value, method: Method, count: number, program: Program): Value {
    const base = this.sp + 1;
    this.stack.copyWithin(base + 1, base, base + count);
    this.stack[base] = thisOf(self);
    this.lock(method.owner);
    const result = this.callFrom(method.closure, count + 1, program);
    this.unlock();
    return result;
  }

  /** A call of a built-in function from translated code: the arguments lie from `m.sp` on. */
  builtinFrom(builtin: Builtin, count: number): Value {
    if (builtin.locks) this.unlock();
    const base = this.sp;
    this.sp = base + count;
    const result = builtin.callFunction(this.context, this.stack, base, count);
    if (result instanceof Failed) throw result.error;
    this.sp = base;
    return result instanceof Loop ? this.loopFrom(result) : result;
  }

  builtinOne(builtin: Builtin, value: Value): Value {
    const result = builtin.callOne(this.context, value);
    if (result instanceof Failed) throw result.error;
    return result instanceof Loop ? this.loopFrom(result) : result;
  }

  /** Runs a built-in's loop to its end. */
  private loopFrom(loop: Loop): Value {
    const base = this.sp;
    const depth = this.depth;
    startLoop(this, loop, base);
    let result = this.stack[base] as Value;
    if (this.depth > depth) {
      if (this.nested >= MAX_NESTED) throw tooDeep();
      this.nested++;
      result = runLoop(this, depth);
      this.nested--;
    }
    this.sp = base;
    return result;
  }

  closure(cache: InlineCache, code: FunctionCode): Closure {
    if (cache.run !== this.run || cache.closure === null) {
      cache.run = this.run;
      cache.closure = new Closure(code);
    }
    return cache.closure;
  }

  /** Effects that are changes in the scope of the query. */
  effectBit(): number {
    return this.scope === 'collection' ? Effect.COLLECTION : this.scope === 'thingsdb' ? Effect.THINGSDB : 0;
  }

  /** Throws operation_err when a function that nobody vouched for would change something that the query must not. */
  checkEffects(fn: FunctionCode): void {
    if (this.tx.change !== null) return;
    if ((fn.effects & this.effectBit()) === 0) return;
    throw operationErr(
      'a closure with side effects that is stored, or made of a text, needs a change; use `wse(...)` to enforce one; see https://docs.thingsdb.io/v1/collection-api/wse',
    );
  }

  /** Calls a closure from a built-in and gives its result. */
  call(closure: Closure, args: readonly Value[]): Value {
    const { sp, depth, nested } = this;
    if (nested >= MAX_NESTED) throw tooDeep();
    const base = sp + 1;
    for (let i = 0; i < args.length; i++) this.stack[base + i] = args[i] as Value;
    const fn = this.codeOf(closure);
    const caller = this.frames[depth - 1];
    const crosses = caller === undefined || caller.fn.program !== fn.program;
    try {
      if (fn.leaf !== null) return this.callLeaf(closure, fn, base, args.length);
      const frame = this.enter(closure, base, args.length, base - 1);
      if (crosses) this.epoch++;
      if (fn.framed !== null) return this.runFramed(frame);
      this.nested++;
      return runLoop(this, depth);
    } finally {
      this.nested = nested;
      this.sp = sp;
      if (crosses) this.epoch++;
    }
  }

  // --- the state of a run, for others ---

  /**
   * Runs `look` for who watches as if the frames above the lowest `depth` were not there: closures that it calls see the variables that the topmost of
   * those sees. Nobody watches meanwhile, handlers of the program catch nothing, and `milliseconds` is what there is for it. All is as before afterwards, but for
   * what closures did to variables and things.
   */
  aside<T>(depth: number, milliseconds: number, look: () => T): T {
    const { probe, sp, nested, deep, flags, deadline, fuel, handlerTop, depth: height } = this;
    const top = this.frames[height - 1];
    const frames = this.frames.splice(depth);
    const handlers = this.handlers.splice(0);
    this.depth = depth;
    this.handlerTop = 0;
    this.probe = null;
    this.epoch++;
    // Where the operands of the topmost frame may lie.
    if (top !== undefined) this.sp = Math.max(sp, top.fp + top.fn.localCount + top.fn.maxStack);
    this.deadline = performance.now() + milliseconds;
    this.fuel = FUEL_SLICE;
    try {
      return look();
    } finally {
      this.frames.length = depth;
      for (const frame of frames) this.frames.push(frame);
      this.handlers.length = 0;
      for (const handler of handlers) this.handlers.push(handler);
      Object.assign(this, { probe, sp, nested, deep, flags, deadline, fuel, handlerTop, depth: height });
      this.epoch++;
    }
  }

  /** All that the running query can still reach: what lies on the stack, what loops go through and collect, and variables. */
  *roots(): Iterable<unknown> {
    for (let i = 0; i < this.sp; i++) yield this.stack[i];
    for (let i = 0; i < this.depth; i++) {
      const { loop } = this.frames[i] as Frame;
      if (loop !== null) yield Object.values(loop);
    }
    for (let i = 0; i < this.lockTop; i++) yield this.locks[i];
    yield* this.sent.values();
  }

  // --- budget ---

  refuel(): void {
    const over = -this.fuel;
    this.fuel = FUEL_SLICE;
    this.slices++;
    if (over > FUEL_SLICE) this.memory.check(over < MOST_UNITS ? over * BYTES_A_UNIT : 0);
    else if (this.slices % SLICES_A_LOOK === 0) this.memory.check(0);
    if (this.host.isInterrupted()) throw operationErr('the query was interrupted');
    if (performance.now() > this.deadline) {
      throw operationErr('query has taken too long and was ended; see `query_duration_error` in the configuration');
    }
  }

  /**
   * Counts a turn of a loop or a call. A method of its own, small enough to become part of whatever calls it: were the rare call of `refuel` written there,
   * the engine underneath would throw away compiled code the first time that it comes to it, for each such place again.
   */
  tick(): void {
    if (--this.fuel < 0) this.refuel();
  }

  /** The same in a leaf that goes on at `pc`. */
  tickLeaf(pc: number): void {
    if (--this.fuel < 0) this.refuelLeaf(pc);
  }

  private refuelLeaf(pc: number): void {
    this.leafPc = pc;
    this.refuel();
  }

  /** The same in a frame that goes on at `pc`. */
  tickFrame(frame: Frame, pc: number): void {
    if (--this.fuel < 0) this.refuelFrame(frame, pc);
  }

  private refuelFrame(frame: Frame, pc: number): void {
    frame.pc = pc;
    this.refuel();
  }

  spend(units: number): void {
    this.fuel -= units;
    if (this.fuel < 0) this.refuel();
  }

  // --- locks ---

  lock(value: Lockable): void {
    value.locks++;
    this.locks[this.lockTop++] = value;
  }

  unlock(): void {
    (this.locks[--this.lockTop] as Lockable).locks--;
  }

  /** Keeps the type or enumerator that the first argument of a built-in names from being changed until the call. */
  lockName(builtin: Builtin, name: Value): void {
    const found = builtin.named(this.context, name);
    this.lock(found ?? { locks: 0 });
  }

  unlockTo(height: number): void {
    while (this.lockTop > height) this.unlock();
  }

  lockFree(value: Container): void {
    if (value.locks > 0) throw inUse(value);
    this.lock(value);
  }

  lockForProperty(x: Value): void {
    if (x instanceof Thing) this.lockFree(x);
    else throw typeErr(`cannot assign properties to type \`${typeName(x)}\``);
  }

  lockForIndex(x: Value): void {
    if ((x instanceof List && !x.isTuple) || x instanceof Thing) this.lockFree(x);
    else throw typeErr(`type \`${typeName(x)}\` does not support index assignments`);
  }

  lockForSlice(x: Value): void {
    if (x instanceof List && !x.isTuple) this.lockFree(x);
    else throw typeErr(`type \`${typeName(x)}\` does not support slice assignments`);
  }

  // --- built-ins ---

  rowOf(program: Program, index: number): Builtin {
    if (program.rows === null) program.rows = program.rowNames.map((name) => this.host.functionRow(name));
    return program.rows[index] as Builtin;
  }

  checkScope(builtin: Builtin): void {
    if ((builtin.scopes & ScopeBit[this.scope]) === 0) throw scopeError(builtin, this.scope);
    if (builtin.commits) this.context.checkCommit(builtin.name);
    if (builtin.right !== 0) checkRights(this.context.user, this.scope, this.collection, builtin.right);
  }

  // --- properties ---

  getProperty(x: Value, name: string, cache: InlineCache): Value {
    const value = this.findProperty(x, name, cache);
    if (value instanceof Failed) throw value.error;
    return value;
  }

  findProperty(x: Value, name: string, cache: InlineCache): Value | Failed {
    if (x instanceof Thing) {
      if (x.dict === null) {
        const slot = x.shape.slotOf.get(name);
        if (slot !== undefined) {
          cache.shape = x.shape;
          cache.slot = slot;
          return x.slots[slot] as Value;
        }
        const method = (x.shape.type as TypeDef | null)?.methods.get(name);
        if (method !== undefined) return method;
      } else {
        const value = x.dict.get(name);
        if (value !== undefined) return value;
      }
      return fail(noProperty(x, name));
    }
    return fail(typeErr(`type \`${typeName(x)}\` has no properties`));
  }

  // --- answers ---

  setDeep(value: Value): void {
    if (typeof value !== 'number') throw typeErr(`expecting \`deep\` to be of type \`int\` but got type \`${typeName(value)}\` instead`);
    if (value < 0 || value > 127) throw valueErr(`expecting a \`deep\` value between 0 and 127 but got ${value} instead`);
    this.deep = value;
  }

  setFlags(value: Value): void {
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      throw typeErr(`expecting \`flags\` to be of type \`int\` but got type \`${typeName(value)}\` instead`);
    }
    // Flags are never taken back.
    this.flags |= Number(BigInt(value) & 32n);
  }

  endsChain(x: Value): boolean {
    return x === null || x instanceof TiError;
  }
}
