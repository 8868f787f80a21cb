/** Side effects that the code must at least have, against those that the program says it has. */
import { Effect } from '../values/closure.ts';
import { assigns, damaged, type Instruction, instructionsOf, type KnownBuiltins } from './effects-of-ops.ts';
import { Op } from './opcodes.ts';
import type { EffectReason, FunctionCode, Program } from './program.ts';

/**
 * Whether the text has the word `nse`, which takes back the effects of assignments and of methods. A claim that the text may make: without a change, nothing
 * that is stored can be changed, so a false one only makes the program fail.
 */
const isSuppressed = (program: Program): boolean => /\bnse\b/.test(program.source);

/**
 * Whether the text may have closures that run later, in a change of their own, so that their effects are none of the text's. As with `nse`, a false
 * claim of that only makes the program fail.
 */
const isDeferring = (program: Program, builtins: KnownBuiltins): boolean =>
  program.rowNames.some((name) => builtins.functionInfo(name)?.defers === true) ||
  program.sites.some((site) => builtins.methodDefers(site.name));

function effectOf(program: Program, i: Instruction, builtins: KnownBuiltins, suppressed: boolean): number {
  if (assigns(i.op)) return suppressed ? 0 : Effect.COLLECTION;
  if (i.op.code === Op.BUILTIN) {
    const name = program.rowNames[i.a] as string;
    return builtins.functionInfo(name)?.effect?.mask ?? 0;
  }
  if (i.op.code === Op.METHOD && !suppressed) {
    const rule = builtins.methodEffect(program.sites[i.a]?.name ?? '');
    // Whether the receiver is a variable is not to be seen in the code: parentheses make one of anything.
    return rule === null || rule.notOnVariable ? 0 : rule.mask;
  }
  return 0;
}

/** What each function must say, by itself and by the closures in it, which come behind it. */
function effectsOf(program: Program, builtins: KnownBuiltins): number[] {
  const suppressed = isSuppressed(program);
  const deferring = isDeferring(program, builtins);
  const masks: number[] = program.functions.map(() => 0);
  for (let index = masks.length - 1; index >= 0; index--) {
    let mask = 0;
    for (const i of instructionsOf((program.functions[index] as FunctionCode).code)) {
      if (i.op.code !== Op.CLOSURE) mask |= effectOf(program, i, builtins, suppressed);
      else if (!deferring) mask |= masks[i.a] as number;
    }
    masks[index] = mask;
  }
  return masks;
}

function checkReason(program: Program, reason: EffectReason | null, wanted: boolean, what: string): void {
  if (wanted && reason === null) throw damaged(`it changes the ${what}, and does not say so`);
  if (reason === null) return;
  const { start, end } = reason;
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > program.source.length) {
    throw damaged(`the reason of its effects is no place in its text`);
  }
}

/** Throws TiError when the program says less of its effects than its code shows. The operands must have been checked. */
export function checkEffects(program: Program, builtins: KnownBuiltins): void {
  const masks = effectsOf(program, builtins);
  for (const { index, effects } of program.functions) {
    const known = Effect.COLLECTION | Effect.THINGSDB;
    if (!Number.isInteger(effects) || (effects & ~known) !== 0) throw damaged(`function ${index} has no such effects`);
    if (((masks[index] as number) & ~effects) !== 0) throw damaged(`function ${index} has effects that it does not say`);
  }
  const { effects } = program.main;
  checkReason(program, program.effects.collection, (effects & Effect.COLLECTION) !== 0, 'collection');
  checkReason(program, program.effects.thingsdb, (effects & Effect.THINGSDB) !== 0, 'users and collections');
}
