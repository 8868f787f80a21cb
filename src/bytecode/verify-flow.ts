/**
 * Runs a function's code over kinds instead of values, along all ways that control can take, and refuses it when an instruction would find something else
 * on the stack than it expects, when ways meet with stacks that do not fit, or when something would be left of a lock or a handler.
 *
 * Every lock that a function takes belongs to an operand (a loop, the target of an assignment, the callee of a method), and goes with it. So when each of
 * these kinds is only taken off by the instruction that also gives the lock back, locks come and go in order, and no stack of locks need be kept here.
 *
 * While a handler is open, nothing below it may be touched: then what lies there when an error comes is what lay there when the handler was opened.
 */

import type { List } from '../values/list.ts';
import { INT_MAX } from '../values/operators.ts';
import { damaged, fallsThrough, type Instruction, instructionAt, sliceParts } from './effects-of-ops.ts';
import { Op, type OpName } from './opcodes.ts';
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

class Flow {
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

  run(): void {
    const { code } = this.fn;
    this.points[0] = { stack: StackNode.empty(), handlers: null, scopes: ANYWHERE };
    this.dirty[0] = 1;
    for (let at = 0; at < code.length; ) {
      this.spend(1);
      this.now = instructionAt(code, at);
      this.again = -1;
      if (this.dirty[at] === 1) {
        this.dirty[at] = 0;
        this.step(this.points[at] as Point);
      }
      at = this.again < 0 ? this.now.next : this.again;
    }
  }

  private step(point: Point): void {
    const { now } = this;
    this.stack = point.stack;
    this.handler = point.handlers;
    this.scopes = point.scopes;
    STEPS[now.op.name](this, now.a, now.b);
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

type Step = (f: Flow, a: number, b: number) => void;

const keysAt = (f: Flow, index: number): number => (f.program.constants[index] as List).items.length;

/** As the numbers in the table of instructions say: values come off, values go on. */
const plain: Step = (f) => {
  const { pops, pushes: puts } = f.now.op;
  f.popValues(pops);
  for (let i = 0; i < puts; i++) f.push(Kind.VALUE);
};

/** Takes as many values off as `count` says, and puts one on. */
const gather =
  (count: (f: Flow, a: number, b: number) => number, kind: number = Kind.VALUE): Step =>
  (f, a, b) => {
    f.popValues(count(f, a, b));
    f.push(kind);
  };

const pushes =
  (kind: number): Step =>
  (f) =>
    f.push(kind);

/** Takes values off and may jump. */
const test: Step = (f, a) => {
  f.popValues(f.now.op.pops);
  f.branch(a);
};

/** Jumps with the value left where it is; else takes it off. */
const shortCircuit: Step = (f, a) => {
  f.popValue();
  f.push(Kind.VALUE);
  f.branch(a);
  f.popValue();
};

/** Jumps with the value, or goes on with it. */
const testTop: Step = (f, a) => {
  f.popValue();
  f.push(Kind.VALUE);
  f.branch(a);
};

const lockAs =
  (kind: number): Step =>
  (f) => {
    f.popValue();
    f.push(kind);
  };

/** An assignment: a value, and under it what was locked for it. */
const assign =
  (...kinds: readonly number[]): Step =>
  (f) => {
    f.popValue();
    for (const kind of kinds) f.popKind(kind);
    f.push(Kind.VALUE);
  };

function call(f: Flow, count: number): void {
  f.popValues(count);
  const kind = f.pop();
  if (kind !== Kind.CALLEE && kind !== Kind.CLOSURE) f.refuse(`calls ${kindName(kind)}`);
  f.push(Kind.VALUE);
}

function skipArgument(f: Flow, target: number, given: number): void {
  const word = f.fn.code[target] as number;
  const op = word & 0xff;
  const count = word >> 8;
  const callee = f.under(given);
  const wanted = op === Op.CALL ? Kind.CALLEE : op === Op.CALL_METHOD ? Kind.METHOD + count : -1;
  if (callee.kind !== wanted || count <= given) f.refuse(`does not lead to the call of what lies under ${given} operands`);
  f.branch(target, () => {
    f.stack = f.atCall(target, callee, count);
  });
}

/** Whether the constant is the literal of an int beyond 64 bit. */
export const isWide = (value: unknown): boolean => typeof value === 'bigint' && value > INT_MAX;

const STEPS: { readonly [K in OpName]: Step } = {
  NIL: plain,
  TRUE: plain,
  FALSE: plain,
  INT: plain,
  CONST: (f, a) => f.push(isWide(f.program.constants[a]) ? Kind.WIDE : Kind.VALUE),
  CLOSURE: pushes(Kind.CLOSURE),
  POP: plain,
  LOAD: plain,
  LOAD_SET: plain,
  LOAD_NAME: plain,
  LOAD_VARIABLE: plain,
  STORE: plain,
  STORE_POP: plain,
  STORE_SEEN: plain,
  COMPOUND: plain,
  COMPOUND_POP: plain,
  COMPOUND_NAME: plain,
  ADD: plain,
  SUB: plain,
  MUL: plain,
  BINARY: plain,
  ADD_INT: plain,
  SUB_INT: plain,
  MUL_INT: plain,
  MOD_INT: plain,
  LT: plain,
  GT: plain,
  LE: plain,
  GE: plain,
  EQ: plain,
  NE: plain,
  LT_INT: plain,
  GT_INT: plain,
  EQ_INT: plain,
  NOT: plain,
  NEG: plain,
  PLUS: (f) => {
    if (f.stack.kind === Kind.WIDE) f.popKind(Kind.WIDE);
    else f.popValue();
    f.push(Kind.VALUE);
  },
  BIT_NOT: plain,
  JUMP: (f, a) => {
    f.goTo(a);
    // What comes to the end of a loop comes to its body. Said now, the body is looked at before the end, and loops within loops take one round.
    const target = instructionAt(f.fn.code, a);
    if (target.op.code === Op.FOR_NEXT) f.goTo(target.a);
  },
  LOOP: (f, a) => f.goTo(a),
  JUMP_FALSE: test,
  UNLESS_LT: test,
  UNLESS_GT: test,
  UNLESS_EQ: test,
  UNLESS_LT_INT: test,
  UNLESS_GT_INT: test,
  UNLESS_EQ_INT: test,
  AND: shortCircuit,
  OR: shortCircuit,
  CHAIN_TEST: testTop,
  FOR: (f, a) => {
    f.popValue();
    f.branch(a, () => f.push(Kind.VALUE));
    f.push(Kind.ITERATION);
  },
  FOR_NEXT: (f, a) => {
    f.popKind(Kind.ITERATION);
    f.branch(a, () => f.push(Kind.ITERATION));
    f.push(Kind.VALUE);
  },
  FOR_BREAK: (f, a) => {
    f.cutToLoop(a);
    f.keepFloor();
    f.push(Kind.VALUE);
  },
  FOR_TRIM: (f, a) => {
    f.cutToLoop(a);
    f.push(Kind.ITERATION);
    f.keepFloor();
  },
  RETURN: (f) => f.popValue(),
  SET_DEEP: plain,
  SET_FLAGS: plain,
  TRY: (f, a) => f.openHandler(a),
  END_TRY: (f) => f.closeHandlers(1),
  DROP_TRY: (f, a) => f.closeHandlers(a),
  CATCH: (f, a) => {
    f.popValues(a);
    f.popKind(Kind.ERROR);
    f.push(Kind.VALUE);
  },
  THROW_ARGC: () => undefined,
  ROOT: plain,
  GET_PROP: plain,
  LOCK_PROP: lockAs(Kind.THING),
  SET_PROP: (f, _a, b) => {
    if (b === 1 && f.stack.kind !== Kind.FRESH) f.refuse('says of a value that nobody else holds it');
    assign(Kind.THING)(f, _a, b);
  },
  COMPOUND_PROP: assign(Kind.THING),
  INDEX: plain,
  SLICE: (f, a) => {
    f.popValues(sliceParts(a) + 1);
    f.push(Kind.VALUE);
  },
  SLICE_TEST: testTop,
  LOCK_INDEX: lockAs(Kind.INDEXED),
  CHECK_INDEX: (f) => {
    f.popValue();
    f.popKind(Kind.INDEXED);
    f.push(Kind.INDEXED);
    f.push(Kind.PLACE);
  },
  SET_INDEX: assign(Kind.PLACE, Kind.INDEXED),
  LOCK_SLICE: lockAs(Kind.LIST),
  CHECK_SLICE: (f, a) => {
    f.popValues(sliceParts(a));
    f.popKind(Kind.LIST);
    f.push(Kind.LIST);
    f.push(Kind.RANGE);
  },
  SET_SLICE: assign(Kind.RANGE, Kind.LIST),
  ARRAY: gather((_f, a) => a, Kind.FRESH),
  ITEM: plain,
  OWN: plain,
  THING: gather((_f, _a, b) => b),
  INSTANCE: (f, _a, b) => {
    f.popValues(keysAt(f, b));
    f.popKind(Kind.TYPE);
    f.push(Kind.VALUE);
  },
  TYPE_TEST: pushes(Kind.TYPE),
  REGEX: plain,
  ANO: gather((f, a) => keysAt(f, a)),
  ENUM: plain,
  ENUM_BY_NAME: plain,
  TEMPLATE: gather((_f, a) => a),
  SCOPE_TEST: (f, a) => {
    f.scopes &= f.options.scopesOf(a);
  },
  LOCK_NAME: lockAs(Kind.NAMED),
  BUILTIN: (f, a, b) => {
    if ((f.scopes & ~f.options.scopesOf(a)) !== 0) f.refuse(`calls \`${f.program.rowNames[a]}\` without a test of the scope`);
    const named = b > 0 && f.under(b - 1).kind === Kind.NAMED;
    if (named !== (f.options.namesOf?.(a) ?? named))
      f.refuse(`calls \`${f.program.rowNames[a]}\` ${named ? 'with' : 'without'} a lock on what its argument names`);
    f.popValues(named ? b - 1 : b);
    if (named) f.popKind(Kind.NAMED);
    f.push(Kind.VALUE);
  },
  RESOLVE: pushes(Kind.CALLEE),
  RESOLVE_LOCAL: pushes(Kind.CALLEE),
  PROCEDURE: (f) => {
    f.popValue();
    f.push(Kind.CALLEE);
  },
  SKIP_ARG: skipArgument,
  CALL: call,
  METHOD: (f, _a, b) => {
    f.popValue();
    f.push(Kind.VALUE);
    f.push(Kind.METHOD + b);
  },
  CALL_METHOD: (f, a) => {
    f.popValues(a);
    f.popKind(Kind.METHOD + a);
    f.popValue();
    f.push(Kind.VALUE);
  },
};

/**
 * The height of the operand stack before each instruction, by position; -1 where no instruction starts or control never comes. The operands must have been
 * checked. Throws TiError when the code could leave what the machine takes for granted.
 */
export function stackHeights(program: Program, fn: FunctionCode, options: FlowOptions): Int32Array {
  const flow = new Flow(program, fn, options);
  flow.run();
  return Int32Array.from(flow.points, (point) => (point === undefined ? -1 : point.stack.height));
}
