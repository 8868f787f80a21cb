/**
 * The verifier: holds a program that was loaded against everything the machine takes for granted. The machine itself checks no index, height or kind, so
 * what is not known to come from the compiler must pass here before it runs.
 */
import { List } from '../values/list.ts';
import { INT_MAX, INT_MIN } from '../values/operators.ts';
import { Regex } from '../values/regex.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { isName } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { damaged, instructionsOf, type KnownBuiltins, remembersName, storesUnseen } from './effects-of-ops.ts';
import type { FunctionCode, Program } from './program.ts';
import { checkEffects } from './verify-effects.ts';
import { checkOperands, type Place, refuse } from './verify-operands.ts';
import { stackHeights } from './verify-steps.ts';

/** As many as the operands of loops can tell. */
const MAX_LOCALS = 4096;

/**
 * Checks a whole program against the built-ins of this build. What passes cannot make the machine read outside of its frame, call what cannot be called, give
 * back a lock twice, or run for ever without being asked for the time.
 *
 * Not checked: that the code does what the text says. A closure that is stored is kept by its text.
 *
 * @throws TiError (BAD_DATA) with the first fault
 */
export function verifyProgram(program: Program, builtins: KnownBuiltins): void {
  checkTables(program, builtins);
  const remembered = rememberedNames(program);
  for (const fn of program.functions) {
    checkFunction(program, fn);
    checkCode(program, fn, builtins);
    checkSeen(program, fn, remembered);
  }
  checkEffects(program, builtins);
  const scopesOf = (row: number): number => builtins.functionInfo(program.rowNames[row] as string)?.scopes ?? 0;
  const namesOf = (row: number): boolean => builtins.functionInfo(program.rowNames[row] as string)?.names ?? false;
  for (const fn of program.functions) stackHeights(program, fn, { scopesOf, namesOf });
}

/**
 * The height of the operand stack before each instruction, for tools; -1 where control never comes. Needs no built-ins, and so vouches for less than
 * `verifyProgram`. Throws TiError (BAD_DATA).
 */
export function heightsOf(program: Program, fn: FunctionCode): Int32Array {
  checkCode(program, fn, null);
  return stackHeights(program, fn, { scopesOf: () => 7 });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of bytes.
const isBytes = (text: unknown): boolean => typeof text === 'string' && !/[^\x00-\xff]/.test(text);

function checkTables(program: Program, builtins: KnownBuiltins): void {
  if (!isBytes(program.source)) throw damaged('its text is no byte string');
  if (program.functions.length === 0) throw damaged('it has no functions');
  program.constants.forEach(checkConstant);
  checkNames(program.names, 'name');
  checkNames(
    // Methods of the 2019 dialect have a prefix that no text can write.
    program.sites.map((site) => site.name.replace(/^2019:/, '')),
    'method',
  );
  for (const name of program.rowNames) {
    if (builtins.functionInfo(name) === undefined) throw damaged(`it calls a function that does not exist here: \`${name}\``);
  }
}

function checkNames(names: readonly string[], what: string): void {
  for (const name of names) if (!isName(name)) throw damaged(`a ${what} does not follow the naming rules`);
}

function checkConstant(value: Value, index: number): void {
  if (!isConstant(value)) throw damaged(`constant ${index} is none that a text can have`);
}

function isConstant(value: Value): boolean {
  if (typeof value === 'string') return isBytes(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  // One more than the largest int is the literal of an int that is too large.
  if (typeof value === 'bigint') return value >= INT_MIN && value <= INT_MAX + 1n && !Number.isSafeInteger(Number(value));
  if (value instanceof Float) return typeof value.value === 'number';
  if (value instanceof Bytes) return isBytes(value.bytes);
  if (value instanceof Regex) return isBytes(value.pattern) && isBytes(value.flags);
  return value instanceof List && value.isTuple && value.items.every((key) => typeof key === 'string' && isName(key));
}

const isPlace = (value: number, limit: number): boolean => Number.isInteger(value) && value >= 0 && value <= limit;

/** A bar, or the first parameter of an arrow function of the 2019 dialect and what follows it. */
const CLOSURE_START = /^(?:\||[A-Za-z_][0-9A-Za-z_]*(?:\s|\/\*[\s\S]*?\*\/)*(?:,|=>))/;

/** All of a function but its code. */
function checkFunction(program: Program, fn: FunctionCode): void {
  const fail = (why: string): never => {
    throw damaged(`function ${fn.index} ${why}`);
  };
  if (fn.locals.length > MAX_LOCALS) fail(`has more than ${MAX_LOCALS} locals`);
  if (fn.params.length > fn.locals.length || fn.params.some((name, i) => fn.locals[i] !== name)) fail('has parameters that are no locals');
  // Places for values in between have numbers for names.
  checkNames(
    fn.locals.filter((name) => !/^ \d+$/.test(name)),
    'variable',
  );
  if (!isPlace(fn.start, fn.end) || !isPlace(fn.end, program.source.length)) fail('lies outside of the text');
  if (fn.index > 0 && !CLOSURE_START.test(program.source.slice(fn.start, fn.end))) fail('is no closure in the text');
  if (!isBytes(fn.doc)) fail('has a description that is no byte string');
  // Each word of code puts at most one operand on the stack, and has at most one cache.
  if (!isPlace(fn.maxStack, fn.code.length + 1)) fail('asks for more operands than it can use');
  if (!isPlace(fn.cacheCount, fn.code.length)) fail('asks for more caches than it can use');
  checkLines(fn, program.source.length, fail);
}

function checkLines({ lines, code }: FunctionCode, length: number, fail: (why: string) => never): void {
  if (lines.length % 2 !== 0) fail('has half a line');
  for (let i = 0; i < lines.length; i += 2) {
    const at = lines[i] as number;
    if (!isPlace(at, code.length) || at < (lines[i - 2] ?? 0)) fail('has lines that are not in order');
    if (!isPlace(lines[i + 1] as number, length)) fail('has lines outside of the text');
  }
}

/** That the code consists of instructions whose operands are good by themselves. */
function checkCode(program: Program, fn: FunctionCode, builtins: KnownBuiltins | null): void {
  const starts = new Uint8Array(fn.code.length);
  for (const i of instructionsOf(fn.code)) starts[i.at] = 1;
  const place: Place = { program, fn, starts, caches: new Uint8Array(fn.cacheCount), builtins };
  for (const i of instructionsOf(fn.code)) checkOperands(place, i);
}

/** Names whose place on the stack some instruction remembers. */
function rememberedNames(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  for (const fn of program.functions) {
    for (const i of instructionsOf(fn.code)) if (remembersName(i.op)) names.add(program.names[i.a] ?? '');
  }
  return names;
}

/** That the places which others remember are told when they change. */
function checkSeen(program: Program, fn: FunctionCode, remembered: ReadonlySet<string>): void {
  if (remembered.size === 0) return;
  if (!fn.seen && fn.locals.some((name) => remembered.has(name))) throw damaged(`function ${fn.index} hides variables that others use`);
  for (const i of instructionsOf(fn.code)) {
    if (storesUnseen(i.op) && remembered.has(fn.locals[i.a] as string))
      refuse(program.functions[fn.index] as FunctionCode, i, 'hides a variable that others use');
  }
}
