/** What sets can hold: things, and nothing else. */
import type { Expr } from '../ast/nodes.ts';
import { Kind } from '../builtins/row.ts';
import type { Context } from './context.ts';
import { can, describe, only, type Type } from './types.ts';

const ARRAY = Kind.list | Kind.tuple;
/** What becomes a set, beside a single thing. */
const COLLECTED = ARRAY | Kind.set | Kind.thing;

const held = (type: Type): boolean => type.mask === 0 || can(type, Kind.thing);

function tell(cx: Context, at: Expr, type: Type): void {
  cx.fails('argument-type', at, `a set holds things only, not \`${describe(type)}\``);
}

/** Tells of what is given to be put into a set, and cannot be. */
export function checkAdded(cx: Context, args: readonly Expr[], types: readonly Type[]): void {
  for (const [i, type] of types.entries()) if (!held(type)) tell(cx, args[i] as Expr, type);
}

/** As `checkAdded`, for what a set is made of: several things, or one list of them. */
export function checkMade(cx: Context, args: readonly Expr[], types: readonly Type[]): void {
  const [arg, type] = [args[0], types[0]];
  if (args.length !== 1 || arg === undefined || type === undefined) checkAdded(cx, args, types);
  else if (type.mask !== 0 && !can(type, COLLECTED)) tell(cx, arg, type);
  else if (isArrayOfOthers(type)) tell(cx, arg, type);
}

/** Whether it is a list of what no set can hold. */
export const isArrayOfOthers = (type: Type): boolean => only(type, ARRAY) && type.item !== null && !held(type.item);
