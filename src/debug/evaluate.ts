/**
 * Evaluating texts in the place where a script stands: as closures, which find the variables of the frames by dynamic scope. What a text assigns to a variable of the
 * frame, or to one of a caller that the frame sees, is assigned there.
 */
import { parse as parse2019 } from '../../grammar/2019/parser.ts';
import { parse } from '../../grammar/v1/parser.ts';
import type { FunctionCode } from '../bytecode/program.ts';
import { arrowCode, isDialect2019 } from '../engine/dialect-2019.ts';
import { closureCode } from '../engine/toolchain.ts';
import { ErrorCode, lookupErr, TiError, valueErr } from '../errors.ts';
import { Closure, Effect } from '../values/closure.ts';
import type { Value } from '../values/value.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';

/** A parameter for a function that has none. */
const NO_NAME_2019 = '__';
/** How long one evaluation may take. */
const BUDGET_MS = 5000;
/** Compiled texts are kept: a condition is asked again and again. */
const MAX_KEPT = 500;

/** Where a variable that a frame sees is kept: a place on the stack, or among those sent with the query; null when there is none. */
export type Slot = { readonly kind: 'stack'; readonly at: number } | { readonly kind: 'sent' } | null;

/** The slot of a name as the frame below `depth` sees it, and the value in it: undefined for a variable of that frame that has none yet. */
export function findSlot(machine: Machine, depth: number, name: string): { readonly slot: Slot; readonly value: Value | undefined } {
  for (let i = depth - 1; i >= 0; i--) {
    const frame = machine.frames[i] as Frame;
    const own = frame.fn.slotOf.get(name);
    const value = own === undefined ? undefined : (machine.stack[frame.fp + own] as Value | undefined);
    if (own !== undefined && value !== undefined) return { slot: { kind: 'stack', at: frame.fp + own }, value };
  }
  const sent = machine.sent.get(name);
  if (sent !== undefined) return { slot: { kind: 'sent' }, value: sent };
  const top = machine.frames[depth - 1];
  const own = top?.fn.slotOf.get(name);
  return { slot: top === undefined || own === undefined ? null : { kind: 'stack', at: top.fp + own }, value: undefined };
}

function keep(machine: Machine, slot: Slot, name: string, value: Value): void {
  if (slot?.kind === 'sent') machine.sent.set(name, value);
  else if (slot !== null) machine.stack[slot.at] = value;
}

interface Compiled {
  readonly code: FunctionCode;
  /** The variable that the text sets, when it does nothing else. */
  readonly sets: string | null;
}

export class Evaluator {
  private readonly codes = new Map<string, Compiled>();

  /** Whether a text can be compiled in a dialect. Throws TiError (-52). */
  check(text: string, is2019: boolean): void {
    this.compile(text, [], is2019);
  }

  private compile(text: string, params: readonly string[], is2019 = false): Compiled {
    const key = `${is2019 ? '2019' : ''}${params.join()}|${text}`;
    let compiled = this.codes.get(key);
    if (compiled === undefined) {
      compiled = is2019 ? compiled2019(text, params) : compiledHere(text, params);
      if (this.codes.size >= MAX_KEPT) this.codes.clear();
      this.codes.set(key, compiled);
    }
    return compiled;
  }

  /**
   * The value of a text (a byte string) in the frame below `depth`. `isReading`: it must not be one that changes something. Throws TiError: what the text raised, and
   * syntax errors.
   */
  evaluate(machine: Machine, depth: number, text: string, isReading = false): Value {
    const frame = machine.frames[depth - 1];
    if (frame !== undefined && isDialect2019(frame.fn.program)) return this.evaluate2019(machine, depth, text, isReading);
    const compiled = this.compile(text, []);
    const { sets } = compiled;
    let { code } = compiled;
    if (isReading && (code.effects !== 0 || code.locals.length > 0)) throw valueErr('this would change something');
    const assigned = code.locals.map((name) => ({ name, ...findSlot(machine, depth, name) }));
    if (assigned.some(({ name, slot }) => name === sets && slot === null)) throw lookupErr(`there is no variable \`${sets}\` to set here`);
    const given = assigned.filter(({ value }) => value !== undefined);
    if (given.length > 0) {
      code = this.compile(
        text,
        given.map(({ name }) => name),
      ).code;
    }
    const args = given.map(({ value }) => value as Value);
    try {
      return machine.aside(depth, BUDGET_MS, () => {
        const base = machine.sp + 1;
        // A call that does not come to pass leaves nothing that could be taken for its variables.
        (machine.stack as unknown[]).fill(undefined, base, base + code.localCount);
        try {
          return machine.call(new Closure(code), args);
        } finally {
          for (const { name, slot } of assigned) {
            const value = machine.stack[base + (code.slotOf.get(name) as number)] as Value | undefined;
            if (value !== undefined) keep(machine, slot, name, value);
          }
        }
      });
    } catch (error) {
      throw error instanceof TiError ? explained(machine, error, code) : error;
    }
  }

  /** Arguments of arrow functions cannot be assigned to, so what the text is given of them is a copy. */
  private evaluate2019(machine: Machine, depth: number, text: string, isReading: boolean): Value {
    const names = new Set(machine.frames.slice(0, depth).flatMap(({ fn }) => fn.params));
    const given = [...names].map((name) => ({ name, ...findSlot(machine, depth, name) })).filter(({ value }) => value !== undefined);
    const params = given.map(({ name }) => name);
    const { code } = this.compile(text, params, true);
    if (isReading && code.effects !== 0) throw valueErr('this would change something');
    const args = given.map(({ value }) => value as Value);
    try {
      return machine.aside(depth, BUDGET_MS, () => machine.call(new Closure(code), args));
    } catch (error) {
      throw error instanceof TiError ? explained(machine, error, code) : error;
    }
  }
}

function compiledHere(text: string, params: readonly string[]): Compiled {
  // What is no script by itself must not become one by what is put around it.
  const [first, ...others] = parse(text).body;
  if (first === undefined) throw valueErr('there is nothing to evaluate');
  const sets = first.kind === 'AssignExpr' && others.length === 0 ? first.target.name : null;
  return { code: closureCode(`|${params.join()}|{${text}\n}`), sets };
}

/** An arrow function has one parameter at least, and is one expression. */
function compiled2019(text: string, params: readonly string[]): Compiled {
  const { body } = parse2019(text);
  if (body.length !== 1) throw valueErr(body.length === 0 ? 'there is nothing to evaluate' : 'one expression at a time is evaluated');
  const names = params.length === 0 ? NO_NAME_2019 : params.join();
  return { code: arrowCode(`${names} => ${text.replace(/[\s;]+$/, '')}`), sets: null };
}

/** A query that changes nothing cannot be made to by an evaluation. */
function explained(machine: Machine, error: TiError, code: FunctionCode): TiError {
  const wanted = machine.collection === null ? Effect.THINGSDB : Effect.COLLECTION;
  if (error.code !== ErrorCode.OPERATION || machine.tx.change !== null || (code.effects & wanted) === 0) return error;
  return new TiError(
    ErrorCode.OPERATION,
    'what is debugged changes nothing stored, so an evaluation cannot either; a `wse()` in the script allows it',
  );
}
