/**
 * Runs a function's code over kinds instead of values, along all ways that control can take, and refuses it when an instruction would find something else
 * on the stack than it expects, when ways meet with stacks that do not fit, or when something would be left of a lock or a handler.
 *
 * Every lock that a function takes belongs to an operand (a loop, the target of an assignment, the callee of a method), and goes with it. So when each of
 * these kinds is only taken off by the instruction that also gives the lock back, locks come and go in order, and no stack of locks need be kept here.
 *
 * While a handler is open, nothing below it may be touched: then what lies there when an error comes is what lay there when the handler was opened.
 */
import { damaged, fallsThrough, type Instruction, instructionAt } from './effects-of-ops.ts';
import type { OpName } from './opcodes.ts';
import type { FunctionCode, Program } from './program.ts';
import { leavesLoop, loopDepths } from './verify-loops.ts';
import { refuse } from './verify-operands.ts';
import { isValue, joinStacks, Kind, kindName, StackNode, underValues } from './verify-stack.ts';

/** An open handler; the one of each TRY is one object. */
interface Handler {
  readonly outer: Handler | null;
  /** Height of the stack when it was opened. */
  readonly height: number;
}

/** What is known where an instruction starts. */
interface Point {
  stack: StackNode;
  readonly handlers: Handler | null;
  /** Bits of the scopes in which control can be here. */
  scopes: number;
}

/** All scopes. */
const ANYWHERE = 7;

/** Nodes and instructions looked at for each word of code, at most. Compiled code needs two or three; a file made to be slow to verify is refused. */
const WORK_PER_WORD = 64;
const WORK_AT_LEAST = 4096;

export interface FlowOptions {
  /** Bits of the scopes in which a built-in exists, by its index in the program's table. */
  readonly scopesOf: (row: number) => number;
  /** Whether the first argument of a built-in must be locked by LOCK_NAME; absent: it may be. */
  readonly namesOf?: (row: number) => boolean;
}

/** What an instruction does to what is known: checks what it finds, and says where control goes but to the next one. */
export type Step = (f: Flow, a: number, b: number) => void;
export type Steps = { readonly [K in OpName]: Step };

export class Flow {
  readonly program: Program;
  readonly fn: FunctionCode;
  readonly options: FlowOptions;
  readonly points: (Point | undefined)[];
  private readonly dirty: Uint8Array;
  /** How many loops stand around each position. */
  private readonly depths: Int32Array;
  private readonly handlers = new Map<number, Handler>();
  private readonly calls = new Map<number, { readonly callee: StackNode; readonly stack: StackNode }>();
  private work: number;
  /** The instruction being looked at, and what is known behind what was done of it. */
  now: Instruction;
  stack = StackNode.empty();
  handler: Handler | null = null;
  scopes = ANYWHERE;
  /** The first position before `now` that must be looked at again. */
  private again = -1;

  constructor(program: Program, fn: FunctionCode, options: FlowOptions) {
    this.program = program;
    this.fn = fn;
    this.options = options;
    this.points = new Array<Point | undefined>(fn.code.length).fill(undefined);
    this.dirty = new Uint8Array(fn.code.length);
    this.depths = loopDepths(fn);
    this.work = WORK_AT_LEAST + WORK_PER_WORD * fn.code.length;
    this.now = instructionAt(fn.code, 0);
  }

  refuse(why: string): never {
    refuse(this.fn, this.now, why);
  }

  private readonly spend = (units: number): void => {
    this.work -= units;
    if (this.work < 0) throw damaged(`function ${this.fn.index} is too tangled to be verified`);
  };

  /** Follows all ways from the start of the function, until nothing new is found. */
  run(steps: Steps): void {
    const { code } = this.fn;
    this.points[0] = { stack: StackNode.empty(), handlers: null, scopes: ANYWHERE };
    this.dirty[0] = 1;
    for (let at = 0; at < code.length; ) {
      this.spend(1);
      this.now = instructionAt(code, at);
      this.again = -1;
      if (this.dirty[at] === 1) {
        this.dirty[at] = 0;
        this.step(this.points[at] as Point, steps);
      }
      at = this.again < 0 ? this.now.next : this.again;
    }
  }

  private step(point: Point, steps: Steps): void {
    const { now } = this;
    this.stack = point.stack;
    this.handler = point.handlers;
    this.scopes = point.scopes;
    steps[now.op.name](this, now.a, now.b);
    if (!fallsThrough(now.op)) return;
    if (now.next >= this.fn.code.length) this.refuse('control runs out of the code');
    this.goTo(now.next);
  }

  /** Takes note that control goes to `target` with what is known now. */
  goTo(target: number): void {
    const { stack, handler, scopes } = this;
    if (stack.loops !== this.depths[target] && !leavesLoop(this.now))
      this.refuse(`${stack.loops} loops are open at ${target}, not ${this.depths[target]}`);
    if (stack.height > this.fn.maxStack) this.refuse(`${stack.height} operands, where the function says at most ${this.fn.maxStack}`);
    const point = this.points[target];
    if (point === undefined) {
      this.points[target] = { stack, handlers: handler, scopes };
    } else {
      if (point.handlers !== handler) this.refuse(`open handlers differ at ${target}`);
      const joined = joinStacks(point.stack, stack, this.spend);
      if (joined === null) this.refuse(`the stack differs at ${target}`);
      if (joined === point.stack && (point.scopes | scopes) === point.scopes) return;
      point.stack = joined;
      point.scopes |= scopes;
    }
    this.dirty[target] = 1;
    if (target <= this.now.at && (this.again < 0 || target < this.again)) this.again = target;
  }

  // --- the stack ---

  /** Nothing at this height or above may go while a handler below it is open. */
  private checkFloor(height: number): void {
    if (this.handler !== null && height < this.handler.height) this.refuse('takes what lies under an open handler');
  }

  pop(): number {
    const { kind, below } = this.stack;
    if (below === null) this.refuse('nothing is left on the stack');
    this.checkFloor(below.height);
    this.stack = below;
    return kind;
  }

  popKind(wanted: number): void {
    const kind = this.pop();
    if (kind !== wanted) this.refuse(`finds ${kindName(kind)} where ${kindName(wanted)} must be`);
  }

  popValue(): void {
    const kind = this.pop();
    if (!isValue(kind)) this.refuse(`finds ${kindName(kind)} where a value must be`);
  }

  popValues(count: number): void {
    this.checkFloor(this.stack.height - count);
    this.stack = this.under(count);
  }

  /** What lies under `count` values. */
  under(count: number): StackNode {
    if (count > this.stack.height) this.refuse(`${count} operands, where ${this.stack.height} are on the stack`);
    const node = underValues(this.stack, count);
    if (node === null) this.refuse(`finds other things than values among its ${count} operands`);
    return node;
  }

  push(kind: number): void {
    this.stack = this.stack.push(kind);
  }

  /** Control may go to `target`, with the stack as `change` makes it; what is done next finds it as it was. */
  branch(target: number, change?: () => void): void {
    const { stack } = this;
    change?.();
    this.goTo(target);
    this.stack = stack;
  }

  // --- handlers ---

  openHandler(target: number): void {
    const { handler, stack, now } = this;
    this.push(Kind.ERROR);
    this.goTo(target);
    this.stack = stack;
    let opened = this.handlers.get(now.at);
    if (opened === undefined || opened.outer !== handler || opened.height !== stack.height) {
      opened = { outer: handler, height: stack.height };
      this.handlers.set(now.at, opened);
    }
    this.handler = opened;
  }

  closeHandlers(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.handler === null) this.refuse('closes a handler, but none is open');
      this.handler = this.handler.outer;
    }
  }

  // --- loops ---

  /** Takes all off the stack that lies over the loop, and whose place `under` operands tell; with the loop itself. */
  cutToLoop(under: number): void {
    if (under >= this.stack.height) this.refuse(`no loop lies over ${under} operands`);
    this.spend(this.stack.height - under);
    while (this.stack.height > under + 1) this.stack = this.stack.below as StackNode;
    const kind = this.stack.kind;
    if (kind !== Kind.ITERATION) this.refuse(`finds ${kindName(kind)} where a loop must be`);
    this.stack = this.stack.below as StackNode;
  }

  keepFloor(): void {
    this.checkFloor(this.stack.height);
  }

  // --- calls ---

  /** The stack with `count` values on top of a callee: what a call finds whose last arguments were left out. */
  atCall(target: number, callee: StackNode, count: number): StackNode {
    const known = this.calls.get(target);
    if (known !== undefined && known.callee === callee) return known.stack;
    if (count > this.fn.maxStack) this.refuse(`${count} arguments, where the function says at most ${this.fn.maxStack} operands`);
    this.spend(count);
    let stack = callee;
    for (let i = 0; i < count; i++) stack = stack.push(Kind.VALUE);
    this.calls.set(target, { callee, stack });
    return stack;
  }
}
