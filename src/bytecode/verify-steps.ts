/** What each instruction finds on the operand stack, leaves there, and where control goes: the machine's loop over kinds instead of values. */
import type { List } from '../values/list.ts';
import { INT_MAX } from '../values/operators.ts';
import { instructionAt, sliceParts } from './effects-of-ops.ts';
import { Op } from './opcodes.ts';
import type { FunctionCode, Program } from './program.ts';
import { Flow, type FlowOptions, type Step, type Steps } from './verify-flow.ts';
import { Kind, kindName } from './verify-stack.ts';

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

/** What a built-in takes for granted of the scope must have been tested on every way here. */
function checkScope(f: Flow, row: number): void {
  if ((f.scopes & ~f.options.scopesOf(row)) !== 0) f.refuse(`calls \`${f.program.rowNames[row]}\` without a test of the scope`);
}

function callBuiltin(f: Flow, row: number, count: number): void {
  checkScope(f, row);
  const named = count > 0 && f.under(count - 1).kind === Kind.NAMED;
  if (named !== (f.options.namesOf?.(row) ?? named)) {
    f.refuse(`calls \`${f.program.rowNames[row]}\` ${named ? 'with' : 'without'} a lock on what its argument names`);
  }
  f.popValues(named ? count - 1 : count);
  if (named) f.popKind(Kind.NAMED);
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
const isWide = (value: unknown): boolean => typeof value === 'bigint' && value > INT_MAX;

const STEPS: Steps = {
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
  LOCK_NAME: (f, a) => {
    checkScope(f, a);
    if (f.options.namesOf?.(a) === false) f.refuse(`the first argument of \`${f.program.rowNames[a]}\` is no name`);
    f.popValue();
    f.push(Kind.NAMED);
  },
  BUILTIN: callBuiltin,
  RESOLVE: pushes(Kind.CALLEE),
  RESOLVE_LOCAL: pushes(Kind.CALLEE),
  PROBE: plain,
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
  flow.run(STEPS);
  const heights = new Int32Array(fn.code.length).fill(-1);
  flow.points.forEach((point, at) => {
    if (point !== undefined) heights[at] = point.stack.height;
  });
  return heights;
}
