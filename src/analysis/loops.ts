/** Loops: their variables, and what they make of those of the function around them. */
import type { ForExpr } from '../ast/nodes.ts';
import { Kind } from '../builtins/row.ts';
import type { Inference, LoopState } from './infer.ts';
import { ANY, can, describe, INT, join, NIL, ofMask, only, restrict, STR, THING, type Type } from './types.ts';

/** Loops nested deeper than this are not walked to learn. */
const MAX_LEARNED = 6;

export function loop(inf: Inference, expr: ForExpr): Type {
  const over = inf.expr(expr.iterable);
  const vars = loopVars(inf, over, expr);
  const body = (): void => {
    expr.vars.forEach((variable, i) => {
      const type = vars[i] ?? NIL;
      inf.set(variable.name, type);
      inf.cx.types.set(variable, type);
    });
    inf.expr(expr.body);
  };
  repeat(inf, expr, () => inf.maybe(body));
  // What is empty is given back as it is.
  return join(NIL, restrict(over, Kind.list | Kind.tuple | Kind.set | Kind.thing));
}

/** The types of the variables of a loop. */
function loopVars(inf: Inference, over: Type, expr: ForExpr): Type[] {
  const iterable = Kind.list | Kind.tuple | Kind.set | Kind.thing;
  if (over.mask !== 0 && !can(over, iterable)) {
    inf.cx.fails('argument-type', expr.iterable, `\`for\` goes over lists, sets and things, not over \`${describe(over)}\``);
    return expr.vars.map(() => ANY);
  }
  if (only(over, Kind.list | Kind.tuple)) return [over.item ?? ANY, INT];
  if (only(over, Kind.set)) return [over.item ?? THING, ofMask(Kind.int | Kind.nil)];
  if (only(over, Kind.thing)) return [STR, ANY];
  return expr.vars.map(() => ANY);
}

/**
 * Walks the body of a loop: first to learn what it puts into variables, then to tell. Loops in a loop that is walked to learn are walked once, with
 * nothing known of what they set: so the work does not double with each level.
 */
function repeat(inf: Inference, expr: ForExpr, body: () => void): void {
  const before = inf.env;
  const state: LoopState = { assigned: new Map() };
  inf.loops.push(state);
  const start = (): void => {
    inf.env = before.fork();
    for (const [name, type] of state.assigned) inf.env.set(name, joinWith(before.get(name), type));
  };
  if (inf.learning > 0 || inf.loops.length > MAX_LEARNED)
    for (const name of inf.names.places.setIn.get(expr) ?? []) state.assigned.set(name, ANY);
  else learn(inf, state, start, body);
  start();
  body();
  inf.loops.pop();
  inf.env = before;
  for (const [name, type] of state.assigned) before.set(name, joinWith(before.get(name), type));
}

function learn(inf: Inference, { assigned }: LoopState, start: () => void, body: () => void): void {
  inf.learning++;
  inf.cx.silent++;
  start();
  body();
  const first = new Map(assigned);
  start();
  body();
  // What is still growing is not looked at any longer.
  for (const [name, type] of assigned) if (first.get(name)?.mask !== type.mask) assigned.set(name, ANY);
  inf.cx.silent--;
  inf.learning--;
}

const joinWith = (a: Type | undefined, b: Type): Type => (a === undefined ? b : join(a, b));
