/**
 * The machine's loop. Opcodes stand here as numbers, because only then does the engine compile the switch to a table; the comment behind each is
 * its name, and a test holds both against `src/bytecode/opcodes.ts` (`node scripts/number-opcodes.ts` writes the numbers anew).
 *
 * Fast paths are here, everything else is a method of the machine. Non-null casts are used freely in this file only: the verifier and the compiler
 * vouch for every index.
 */

import { Builtin, Given } from '../builtins/builtin.ts';
import { Loop } from '../builtins/row.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import type { FunctionCode, InlineCache, MethodSite } from '../bytecode/program.ts';
import { Failed, TiError, zeroDivErr } from '../errors.ts';
import { type Lockable, Method, type TypeDef } from '../model/types.ts';
import { Closure } from '../values/closure.ts';
import { List } from '../values/list.ts';
import { add, binary, bitNot, compare, equal, mod, mul, negate, plus, sameText, sub } from '../values/operators.ts';
import type { Regex } from '../values/regex.ts';
import { Thing } from '../values/thing.ts';
import { truthy, type Value } from '../values/value.ts';
import { compoundLocal, compoundName, compoundProperty } from './assignments.ts';
import { type Frame, HOT, type Iteration, MAX_NATIVE, type SliceRange } from './frame.ts';
import { checkIndex, checkSlice, emptySlice, indexValue, setIndex, setSlice, sliceValue } from './indexing.ts';
import { finishLoop, startFor, startLoop } from './iteration.ts';
import type { Machine } from './machine.ts';
import { beginInstance, construct, enumMember, enumOf, finishInstance, makeAno, makeThing, own, regex, template } from './making.ts';
import { askEarly, findMethod, thisOf } from './methods.ts';
import { isType, lookup, lookupCached, procedureOf, resolveCall, root, variable } from './names.ts';
import { checkCatch, pushHandler, recover } from './unwinding.ts';

const NAMES = ['=', '+', '-', '*', '/', '%', '&', '^', '|', '<<', '>>', '<', '>', '==', '!=', '<=', '>='] as const;

/**
 * Runs the topmost frame, and those it calls, until no more than `stop` frames are left; gives its result. An error that is not caught is thrown, or, where the
 * call is that of the whole query, given: it has no others to pass on its way to the client.
 */
export function runLoop(m: Machine, stop: number): Value;
export function runLoop(m: Machine, stop: number, isWhole: true): Value | Failed;
export function runLoop(m: Machine, stop: number, isWhole = false): Value | Failed {
  const stack = m.stack;
  let frame = m.frames[m.depth - 1] as Frame;
  let fn: FunctionCode = frame.fn;
  let code = fn.code;
  let caches: readonly InlineCache[] = fn.caches;
  let program = fn.program;
  let fp = frame.fp;
  let sp = fp + fn.localCount;
  let pc = 0;
  /** The error that ends the running of instructions below. */
  let raised: unknown = null;
  for (;;) {
    try {
      running: for (;;) {
        const word = code[pc++] as number;
        const a = word >> 8;
        switch (word & 255) {
          case 0: // NIL
            stack[sp++] = null;
            break;
          case 1: // TRUE
            stack[sp++] = true;
            break;
          case 2: // FALSE
            stack[sp++] = false;
            break;
          case 3: // INT
            stack[sp++] = a;
            break;
          case 4: // CONST
            stack[sp++] = program.constants[a] as Value;
            break;
          case 5: {
            // CLOSURE
            const cache = caches[code[pc++] as number] as InlineCache;
            if (cache.run !== m.run) {
              cache.run = m.run;
              cache.closure = new Closure(program.functions[a] as FunctionCode);
            }
            stack[sp++] = cache.closure;
            break;
          }
          case 6: // POP
            sp--;
            break;
          case 7: {
            // LOAD
            const value = stack[fp + a];
            stack[sp++] = value === undefined ? lookup(m, fn.locals[a] as string) : value;
            break;
          }
          case 8: // LOAD_SET
            stack[sp++] = stack[fp + a] as Value;
            break;
          case 9: {
            // LOAD_NAME
            const cache = caches[code[pc++] as number] as InlineCache;
            const value = cache.epoch === m.epoch ? stack[cache.slot] : undefined;
            stack[sp++] = value === undefined ? lookupCached(m, program.names[a] as string, cache) : value;
            break;
          }
          case 10: // LOAD_VARIABLE
            stack[sp++] = variable(m, program.names[a] as string);
            break;
          case 11: // STORE
            stack[fp + a] = stack[sp - 1] as Value;
            break;
          case 12: // STORE_POP
            stack[fp + a] = stack[--sp] as Value;
            break;
          case 13: // STORE_SEEN
            if (stack[fp + a] === undefined) m.epoch++;
            stack[fp + a] = stack[sp - 1] as Value;
            break;
          case 14: {
            // COMPOUND
            const op = code[pc++] as number;
            const old = stack[fp + a];
            const value = stack[sp - 1] as Value;
            if (op === 1 && typeof old === 'number' && typeof value === 'number') {
              const sum = old + value;
              if (Number.isSafeInteger(sum)) {
                stack[fp + a] = sum;
                stack[sp - 1] = sum;
                break;
              }
            }
            stack[sp - 1] = compoundLocal(m, fn, fp, a, op, value);
            break;
          }
          case 15: {
            // COMPOUND_POP
            const op = code[pc++] as number;
            const old = stack[fp + a];
            const value = stack[--sp] as Value;
            if (op === 1 && typeof old === 'number' && typeof value === 'number') {
              const sum = old + value;
              if (Number.isSafeInteger(sum)) {
                stack[fp + a] = sum;
                break;
              }
            }
            compoundLocal(m, fn, fp, a, op, value);
            break;
          }
          case 16: {
            // COMPOUND_NAME
            const b = code[pc++] as number;
            const cache = caches[b >> 8] as InlineCache;
            const value = stack[sp - 1] as Value;
            const old = cache.epoch === m.epoch ? stack[cache.slot] : undefined;
            if ((b & 255) === 1 && typeof old === 'number' && typeof value === 'number') {
              const sum = old + value;
              if (Number.isSafeInteger(sum)) {
                stack[cache.slot] = sum;
                stack[sp - 1] = sum;
                break;
              }
            }
            stack[sp - 1] = compoundName(m, program.names[a] as string, cache, b & 255, value);
            break;
          }
          case 17: {
            // ADD
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            if (typeof x === 'number' && typeof y === 'number') {
              const sum = x + y;
              if (Number.isSafeInteger(sum)) {
                stack[sp - 1] = sum;
                break;
              }
            }
            stack[sp - 1] = add(x, y);
            break;
          }
          case 18: {
            // SUB
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            if (typeof x === 'number' && typeof y === 'number') {
              const difference = x - y;
              if (Number.isSafeInteger(difference)) {
                stack[sp - 1] = difference;
                break;
              }
            }
            stack[sp - 1] = sub(x, y);
            break;
          }
          case 19: {
            // MUL
            const y = stack[--sp] as Value;
            stack[sp - 1] = mul(stack[sp - 1] as Value, y);
            break;
          }
          case 20: {
            // BINARY
            const y = stack[--sp] as Value;
            if (y === 0 && (a === 4 || a === 5) && typeof stack[sp - 1] === 'number') {
              raised = zeroDivErr();
              break running;
            }
            stack[sp - 1] = binary(NAMES[a] as (typeof NAMES)[number], stack[sp - 1] as Value, y);
            break;
          }
          case 21: {
            // ADD_INT
            const x = stack[sp - 1] as Value;
            if (typeof x === 'number') {
              const sum = x + a;
              if (Number.isSafeInteger(sum)) {
                stack[sp - 1] = sum;
                break;
              }
            }
            stack[sp - 1] = add(x, a);
            break;
          }
          case 22: {
            // SUB_INT
            const x = stack[sp - 1] as Value;
            if (typeof x === 'number') {
              const difference = x - a;
              if (Number.isSafeInteger(difference)) {
                stack[sp - 1] = difference;
                break;
              }
            }
            stack[sp - 1] = sub(x, a);
            break;
          }
          case 23: {
            // MUL_INT
            const x = stack[sp - 1] as Value;
            if (typeof x === 'number') {
              const product = x * a;
              if (Number.isSafeInteger(product) && product !== 0) {
                stack[sp - 1] = product;
                break;
              }
            }
            stack[sp - 1] = mul(x, a);
            break;
          }
          case 24: {
            // MOD_INT
            const x = stack[sp - 1] as Value;
            if (typeof x === 'number' && x >= 0 && a > 0) stack[sp - 1] = x % a;
            else stack[sp - 1] = mod(x, a);
            break;
          }
          case 25: {
            // LT
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' && typeof y === 'number' ? x < y : compare('<', x, y);
            break;
          }
          case 26: {
            // GT
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' && typeof y === 'number' ? x > y : compare('>', x, y);
            break;
          }
          case 27: {
            // LE
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' && typeof y === 'number' ? x <= y : compare('<=', x, y);
            break;
          }
          case 28: {
            // GE
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' && typeof y === 'number' ? x >= y : compare('>=', x, y);
            break;
          }
          case 29: {
            // EQ
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'string' ? sameText(x, y) : x === y || equal(x, y);
            break;
          }
          case 30: {
            // NE
            const y = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = !(typeof x === 'string' ? sameText(x, y) : x === y || equal(x, y));
            break;
          }
          case 31: {
            // LT_INT
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' ? x < a : compare('<', x, a);
            break;
          }
          case 32: {
            // GT_INT
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' ? x > a : compare('>', x, a);
            break;
          }
          case 33: {
            // EQ_INT
            const x = stack[sp - 1] as Value;
            stack[sp - 1] = typeof x === 'number' ? x === a : equal(x, a);
            break;
          }
          case 34: // NOT
            stack[sp - 1] = !truthy(stack[sp - 1] as Value);
            break;
          case 35: // NEG
            stack[sp - 1] = negate(stack[sp - 1] as Value);
            break;
          case 36: // PLUS
            stack[sp - 1] = plus(stack[sp - 1] as Value);
            break;
          case 37: // BIT_NOT
            stack[sp - 1] = bitNot(stack[sp - 1] as Value);
            break;
          case 38: // JUMP
            pc = a;
            break;
          case 39: // LOOP
            m.tick();
            pc = a;
            break;
          case 40: {
            // JUMP_FALSE
            const x = stack[--sp] as Value;
            if (x === false || (x !== true && !truthy(x))) pc = a;
            break;
          }
          case 41: {
            // UNLESS_LT
            sp -= 2;
            const x = stack[sp] as Value;
            const y = stack[sp + 1] as Value;
            if (!(typeof x === 'number' && typeof y === 'number' ? x < y : compare('<', x, y))) pc = a;
            break;
          }
          case 42: {
            // UNLESS_GT
            sp -= 2;
            const x = stack[sp] as Value;
            const y = stack[sp + 1] as Value;
            if (!(typeof x === 'number' && typeof y === 'number' ? x > y : compare('>', x, y))) pc = a;
            break;
          }
          case 43: {
            // UNLESS_EQ
            sp -= 2;
            const x = stack[sp] as Value;
            const y = stack[sp + 1] as Value;
            if (!(typeof x === 'number' && typeof y === 'number' ? x === y : equal(x, y))) pc = a;
            break;
          }
          case 44: {
            // UNLESS_LT_INT
            const y = code[pc++] as number;
            const x = stack[--sp] as Value;
            if (!(typeof x === 'number' ? x < y : compare('<', x, y))) pc = a;
            break;
          }
          case 45: {
            // UNLESS_GT_INT
            const y = code[pc++] as number;
            const x = stack[--sp] as Value;
            if (!(typeof x === 'number' ? x > y : compare('>', x, y))) pc = a;
            break;
          }
          case 46: {
            // UNLESS_EQ_INT
            const y = code[pc++] as number;
            const x = stack[--sp] as Value;
            if (!(typeof x === 'number' ? x === y : equal(x, y))) pc = a;
            break;
          }
          case 47: {
            // AND
            const x = stack[sp - 1] as Value;
            if (x === false || (x !== true && !truthy(x))) pc = a;
            else sp--;
            break;
          }
          case 48: {
            // OR
            const x = stack[sp - 1] as Value;
            if (x === true || (x !== false && truthy(x))) pc = a;
            else sp--;
            break;
          }
          case 49: // CHAIN_TEST
            if (m.endsChain(stack[sp - 1] as Value)) pc = a;
            break;
          case 50: {
            // FOR
            const vars = code[pc++] as number;
            const iteration = startFor(m, stack[sp - 1] as Value);
            if (iteration === null) {
              pc = a;
              break;
            }
            (stack as unknown[])[sp - 1] = iteration;
            if (fn.seen) m.epoch++;
            // Set once here, so that a free name of the same spelling in the body finds them.
            stack[fp + (vars & 4095)] = null;
            break;
          }
          case 51: {
            // FOR_NEXT
            const vars = code[pc++] as number;
            const iteration = stack[sp - 1] as unknown as Iteration;
            const i = iteration.index;
            if (i < iteration.count) {
              iteration.index = i + 1;
              if (vars >> 24 === 2) stack[fp + ((vars >> 12) & 4095)] = iteration.second === null ? i : (iteration.second[i] as Value);
              stack[fp + (vars & 4095)] = iteration.first[i] as Value;
              pc = a;
              m.tick();
            } else {
              m.unlockTo(iteration.locks);
              stack[sp - 1] = null;
            }
            break;
          }
          case 52: // FOR_BREAK
            sp = fp + fn.localCount + a + 1;
            m.unlockTo((stack[sp - 1] as unknown as Iteration).locks);
            stack[sp - 1] = null;
            break;
          case 53: // FOR_TRIM
            sp = fp + fn.localCount + a + 1;
            // The lock of the loop itself stays.
            m.unlockTo((stack[sp - 1] as unknown as Iteration).locks + 1);
            break;
          case 54: {
            // RETURN
            let result = stack[sp - 1] as Value;
            const loop = frame.loop;
            if (m.lockTop > frame.locks) m.unlockTo(frame.locks);
            if (m.handlerTop > frame.handlers) m.handlerTop = frame.handlers;
            if (loop !== null) {
              if (loop.next(result)) {
                if (fn.heat < HOT) m.warm(fn);
                if (fn.leaf !== null || fn.framed !== null) {
                  // It became hot just now: the rest of the loop runs translated.
                  finishLoop(m, loop, frame);
                  frame.loop = null;
                  sp = frame.result;
                  stack[sp++] = loop.result;
                  if (--m.depth <= stop) return loop.result;
                  frame = m.frames[m.depth - 1] as Frame;
                  if (frame.fn.program !== program) m.epoch++;
                  fn = frame.fn;
                  code = fn.code;
                  caches = fn.caches;
                  program = fn.program;
                  fp = frame.fp;
                  pc = frame.pc;
                  break;
                }
                const arity = fn.arity;
                const count = fn.localCount;
                if (arity > 0) {
                  stack[fp] = loop.a;
                  if (arity > 1) {
                    stack[fp + 1] = loop.b;
                    if (arity > 2) {
                      stack[fp + 2] = loop.c;
                      for (let i = 3; i < arity; i++) stack[fp + i] = null;
                    }
                  }
                }
                for (let i = arity; i < count; i++) (stack as unknown[])[fp + i] = undefined;
                if (fn.seen) m.epoch++;
                sp = fp + count;
                pc = 0;
                m.tick();
                break;
              }
              result = loop.result;
              frame.loop = null;
              if (loop.lock !== null) m.unlock();
            }
            if (fn.seen) m.epoch++;
            sp = frame.result;
            stack[sp++] = result;
            if (--m.depth <= stop) return result;
            frame = m.frames[m.depth - 1] as Frame;
            if (frame.fn.program !== program) m.epoch++;
            fn = frame.fn;
            code = fn.code;
            caches = fn.caches;
            program = fn.program;
            fp = frame.fp;
            pc = frame.pc;
            break;
          }
          case 55: // SET_DEEP
            m.setDeep(stack[--sp] as Value);
            break;
          case 56: // SET_FLAGS
            m.setFlags(stack[--sp] as Value);
            break;
          case 57: // TRY
            pushHandler(m, a, sp);
            break;
          case 58: // END_TRY
            m.handlerTop--;
            break;
          case 59: // DROP_TRY
            m.handlerTop -= a;
            break;
          case 60: // CATCH
            sp -= a;
            checkCatch(m, stack[sp - 1] as Value, sp, a);
            break;
          case 61: // THROW_ARGC
            throw m.rowOf(program, a).countError(code[pc] as number);
          case 62: // ROOT
            stack[sp++] = root(m);
            break;
          case 63: {
            // GET_PROP
            const x = stack[sp - 1] as Value;
            const cache = caches[code[pc++] as number] as InlineCache;
            if (x instanceof Thing && x.layout === cache.shape) stack[sp - 1] = x.cells[cache.slot] as Value;
            else {
              // A computed property calls a closure.
              m.sp = sp;
              const value = m.findProperty(x, program.names[a] as string, cache);
              if (value instanceof Failed) {
                raised = value.error;
                break running;
              }
              stack[sp - 1] = value;
            }
            break;
          }
          case 64: // LOCK_PROP
            m.lockForProperty(stack[sp - 1] as Value);
            break;
          case 65: {
            // SET_PROP
            const b = code[pc++] as number;
            m.unlock();
            const value = stack[--sp] as Value;
            stack[sp - 1] = m.tx.setProperty(stack[sp - 1] as Thing, program.names[a] as string, value, b === 1);
            break;
          }
          case 66: {
            // COMPOUND_PROP
            const op = code[pc++] as number;
            m.unlock();
            const value = stack[--sp] as Value;
            stack[sp - 1] = compoundProperty(m, stack[sp - 1] as Thing, program.names[a] as string, op, value);
            break;
          }
          case 67: {
            // INDEX
            const i = stack[--sp] as Value;
            const x = stack[sp - 1] as Value;
            if (typeof i === 'number' && x instanceof List && i >= 0 && i < x.items.length) stack[sp - 1] = x.items[i] as Value;
            else stack[sp - 1] = indexValue(x, i);
            break;
          }
          case 68: {
            // SLICE
            const given = (a & 1) + ((a >> 1) & 1) + (a >> 2);
            sp -= given;
            stack[sp - 1] = sliceValue(stack[sp - 1] as Value, a, stack, sp);
            break;
          }
          case 69: {
            // SLICE_TEST
            const empty = emptySlice(stack[sp - 1] as Value);
            if (empty !== null) {
              stack[sp - 1] = empty;
              pc = a;
            }
            break;
          }
          case 70: // LOCK_INDEX
            m.lockForIndex(stack[sp - 1] as Value);
            break;
          case 71: // CHECK_INDEX
            stack[sp - 1] = checkIndex(stack[sp - 2] as Value, stack[sp - 1] as Value);
            break;
          case 72: {
            // SET_INDEX
            m.unlock();
            sp -= 2;
            stack[sp - 1] = setIndex(m.tx, stack[sp - 1] as Value, stack[sp] as Value, a, stack[sp + 1] as Value);
            break;
          }
          case 73: // LOCK_SLICE
            m.lockForSlice(stack[sp - 1] as Value);
            break;
          case 74: {
            // CHECK_SLICE
            sp -= (a & 1) + ((a >> 1) & 1) + (a >> 2);
            (stack as unknown[])[sp] = checkSlice(stack[sp - 1] as List, a, stack, sp);
            sp++;
            break;
          }
          case 75: {
            // SET_SLICE
            m.unlock();
            sp -= 2;
            setSlice(m.tx, stack[sp - 1] as List, stack[sp] as unknown as SliceRange, a, stack[sp + 1] as Value);
            stack[sp - 1] = null;
            break;
          }
          case 76: {
            // ARRAY
            sp -= a;
            const items = stack.slice(sp, sp + a);
            for (let i = 0; i < a; i++) {
              const item = items[i] as Value;
              if (typeof item === 'object' && item !== null) items[i] = m.tx.item(item);
            }
            stack[sp++] = new List(items);
            break;
          }
          case 77: // ITEM
            stack[sp - 1] = m.tx.item(stack[sp - 1] as Value);
            break;
          case 78: // OWN
            stack[sp - 1] = own(stack[sp - 1] as Value);
            break;
          case 79: {
            // THING
            const count = code[pc++] as number;
            sp -= count;
            stack[sp] = makeThing(m, program, a, sp, count);
            sp++;
            break;
          }
          case 80: {
            // INSTANCE
            const keys = (program.constants[code[pc++] as number] as List).items as string[];
            sp -= keys.length;
            stack[sp - 1] = finishInstance(m, stack[sp - 1] as unknown as TypeDef, keys, sp);
            break;
          }
          case 81: // TYPE_TEST
            (stack as unknown[])[sp++] = beginInstance(m, program.names[a] as string);
            break;
          case 82: // REGEX
            stack[sp++] = regex(program.constants[a] as Regex);
            break;
          case 83: {
            // ANO
            const keys = (program.constants[a] as List).items as string[];
            sp -= keys.length;
            stack[sp] = makeAno(m, keys, sp);
            sp++;
            break;
          }
          case 84: // ENUM
            stack[sp++] = enumOf(m, program.names[a] as string).member(program.names[code[pc++] as number] as string);
            break;
          case 85: // ENUM_BY_NAME
            stack[sp - 1] = enumMember(m, program.names[a] as string, stack[sp - 1] as Value);
            break;
          case 86: {
            // TEMPLATE
            sp -= a;
            stack[sp] = template(m, sp, a);
            sp++;
            break;
          }
          case 87: // SCOPE_TEST
            m.checkScope(m.rowOf(program, a));
            break;
          case 88: // LOCK_NAME
            m.lockName(m.rowOf(program, a), stack[sp - 1] as Value);
            break;
          case 89: {
            // BUILTIN
            const count = code[pc++] as number;
            const base = sp - count;
            m.sp = sp;
            const builtin = m.rowOf(program, a);
            if (builtin.locks) m.unlock();
            const result = builtin.callFunction(m.context, stack, base, count);
            if (result instanceof Loop) {
              frame.pc = pc;
              sp = startLoop(m, result, base);
              if (m.frames[m.depth - 1] !== frame) {
                frame = m.frames[m.depth - 1] as Frame;
                fn = frame.fn;
                code = fn.code;
                caches = fn.caches;
                program = fn.program;
                fp = frame.fp;
                pc = 0;
              }
              break;
            }
            if (result instanceof Failed) {
              raised = result.error;
              break running;
            }
            sp = base;
            stack[sp++] = result;
            break;
          }
          case 90: {
            // RESOLVE
            const cache = caches[code[pc++] as number] as InlineCache;
            const callee = cache.epoch === m.epoch ? stack[cache.slot] : undefined;
            (stack as unknown[])[sp++] = callee instanceof Closure ? callee : resolveCall(m, program.names[a] as string, cache);
            break;
          }
          case 91: {
            // RESOLVE_LOCAL
            const name = program.names[code[pc++] as number] as string;
            const callee = stack[fp + a];
            (stack as unknown[])[sp++] = callee instanceof Closure && !isType(m, name) ? callee : resolveCall(m, name, null);
            break;
          }
          case 92: {
            // SKIP_ARG
            const given = code[pc++] as number;
            const callee = stack[sp - given - 1];
            if (callee instanceof Closure && m.codeOf(callee).arity <= given) {
              // Arguments that nobody takes are not evaluated; the call counts them still.
              const count = (code[a] as number) >> 8;
              for (let i = given; i < count; i++) stack[sp++] = null;
              pc = a;
            } else if ((callee as unknown) instanceof Method) {
              // The receiver is one more argument.
              if (m.codeOf((callee as unknown as Method).closure).arity <= given + 1) {
                const count = (code[a] as number) >> 8;
                for (let i = given; i < count; i++) stack[sp++] = null;
                pc = a;
              }
            } else if ((callee as unknown) instanceof Builtin) {
              const place = sp - given - 1;
              const first = given > 0 ? (stack[place + 1] as Value) : null;
              const early = askEarly(m, callee as unknown as Builtin, stack[place - 1] as Value, given, first, sp);
              if (early !== undefined) {
                (stack as unknown[])[place] = early;
                if (early.value !== undefined) {
                  const count = (code[a] as number) >> 8;
                  for (let i = given; i < count; i++) stack[sp++] = null;
                  pc = a;
                }
              }
            }
            break;
          }
          case 93: // CALL
          case 95: {
            // CALL_METHOD
            let base = sp - a;
            let count = a;
            let callee = stack[base - 1] as unknown;
            const isMethod = (word & 255) === 95; /* CALL_METHOD */
            const place = isMethod ? base - 2 : base - 1;
            let owner: Lockable | null = null;
            if (!(callee instanceof Closure) && callee instanceof Method) {
              // The receiver becomes the first argument, in the place of the callee.
              owner = callee.owner;
              callee = callee.closure;
              base--;
              count++;
              stack[base] = thisOf(stack[base - 1] as Value);
            }
            if (callee instanceof Closure) {
              frame.pc = pc;
              const called = m.codeOf(callee);
              if (called.leaf !== null) {
                m.sp = sp;
                const result = m.callLeaf(callee, called, base, count);
                sp = place;
                stack[sp++] = result;
                break;
              }
              if (called.framed !== null && m.nested < MAX_NATIVE) {
                const next = m.enter(callee, base, count, base - 1);
                if (owner !== null) m.lock(owner);
                if (called.program !== program) m.epoch++;
                const result = m.runFramed(next);
                if (called.program !== program) m.epoch++;
                if (owner !== null) m.unlock();
                sp = place;
                stack[sp++] = result;
                break;
              }
              frame = m.enter(callee, base, count, place);
              // Above the locks of the frame, so that its end takes it off.
              if (owner !== null) m.lock(owner);
              if (frame.fn.program !== program) m.epoch++;
              fn = frame.fn;
              code = fn.code;
              caches = fn.caches;
              program = fn.program;
              fp = base;
              sp = base + fn.localCount;
              pc = 0;
              break;
            }
            m.sp = sp;
            if (callee instanceof Given) {
              stack[base - 2] = callee.value === undefined ? (stack[sp - 1] as Value) : callee.value;
              sp = base - 1;
              break;
            }
            if (callee instanceof Builtin) {
              if (callee.locks) m.unlock();
              const result = callee.callMethod(m.context, stack[base - 2] as Value, stack, base, a);
              if (result instanceof Loop) {
                frame.pc = pc;
                sp = startLoop(m, result, base - 2);
                if (m.frames[m.depth - 1] !== frame) {
                  frame = m.frames[m.depth - 1] as Frame;
                  fn = frame.fn;
                  code = fn.code;
                  caches = fn.caches;
                  program = fn.program;
                  fp = frame.fp;
                  pc = 0;
                }
                break;
              }
              if (result instanceof Failed) {
                raised = result.error;
                break running;
              }
              sp = base - 2;
              stack[sp++] = result;
              break;
            }
            stack[base - 1] = construct(m, callee, base, a);
            sp = base;
            break;
          }
          case 94: {
            // METHOD
            const callee = findMethod(m, program.sites[a] as MethodSite, stack[sp - 1] as Value, code[pc++] as number);
            if (callee instanceof TiError) {
              raised = callee;
              break running;
            }
            (stack as unknown[])[sp++] = callee;
            break;
          }
          case 96: {
            // PROCEDURE
            (stack as unknown[])[sp - 1] = procedureOf(m, stack[sp - 1] as Value);
            break;
          }
          case 97: {
            // PROBE
            if (m.probe === null) break;
            frame.pc = pc;
            m.sp = sp;
            m.probe.reached(m, frame, program.probes[a] as ProbeSite);
            break;
          }
          default:
            throw new Error(`unknown opcode ${word & 255}`);
        }
      }
    } catch (error) {
      raised = error;
    }
    frame.pc = pc;
    const handler = recover(m, raised, stop, isWhole);
    if (handler instanceof Failed) return handler;
    raised = null;
    frame = m.frames[handler.depth - 1] as Frame;
    fn = frame.fn;
    code = fn.code;
    caches = fn.caches;
    program = fn.program;
    fp = frame.fp;
    sp = handler.sp;
    stack[sp++] = handler.error as TiError;
    handler.error = null;
    pc = handler.pc;
  }
}
