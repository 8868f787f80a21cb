/**
 * The saved form of a program.
 *
 *     bytes  0..7   89 54 49 43 0d 0a 1a 0a: no text starts so, and what changes line ends is found out
 *     bytes  8..9   version of the instruction set, low byte first
 *     bytes 10..13  fingerprint of the table of instructions
 *     bytes 14..21  checksum of the rest
 *     the rest      MessagePack: dialect, text, constants, names, names of methods, built-ins, functions, effects
 *
 * Loading makes a program of it and no more: whether the program is fit to run is for `verifyProgram` to say.
 */
import { createHash } from 'node:crypto';
import { Packr, Unpackr } from 'msgpackr';
import { ErrorCode, TiError } from '../errors.ts';
import { checkPacked } from './container-check.ts';
import { packCode, packLines, unpackCode, unpackLines } from './container-code.ts';
import { arrayOf, boolOf, bytesOf, constantOf, numberOf, type Packed, packConstant, packText, textOf } from './container-values.ts';
import { damaged } from './effects-of-ops.ts';
import { BYTECODE_VERSION, OPS } from './opcodes.ts';
import { type EffectReason, type FunctionCode, type FunctionFields, Program, type ProgramFields } from './program.ts';

const MAGIC = Uint8Array.of(0x89, 0x54, 0x49, 0x43, 0x0d, 0x0a, 0x1a, 0x0a);
const VERSION_AT = 8;
const FINGERPRINT_AT = 10;
const CHECKSUM_AT = 14;
const BODY_AT = 22;

/** The language of the text. */
const DIALECT = 'v1';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

const digest = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** Changes with the instructions, whether somebody thought of the version or not. */
const fingerprint = digest(JSON.stringify(OPS)).subarray(0, CHECKSUM_AT - FINGERPRINT_AT);

/** Whether the bytes are meant to be a compiled program, of whatever version. */
export const isSavedProgram = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/** A program as the bytes of a file. */
export function saveProgram(program: Program): Uint8Array {
  return sealContainer(packr.pack(packProgram(program)));
}

/** Puts the head with version and checksum before a body. */
export function sealContainer(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(BODY_AT + body.length);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(VERSION_AT, BYTECODE_VERSION, true);
  bytes.set(fingerprint, FINGERPRINT_AT);
  bytes.set(checksum(body), CHECKSUM_AT);
  bytes.set(body, BODY_AT);
  return bytes;
}

const checksum = (body: Uint8Array): Uint8Array => digest(body).subarray(0, BODY_AT - CHECKSUM_AT);

/** The body of a container whose head is good. Throws TiError (BAD_DATA). */
export function openContainer(bytes: Uint8Array): Uint8Array {
  if (!isSavedProgram(bytes)) throw new TiError(ErrorCode.BAD_DATA, 'this is no compiled program');
  if (bytes.length < BODY_AT) throw damaged('it breaks off');
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = file.readUInt16LE(VERSION_AT);
  if (version !== BYTECODE_VERSION || !fingerprint.equals(file.subarray(FINGERPRINT_AT, CHECKSUM_AT))) {
    const which =
      version === BYTECODE_VERSION ? `another build of version ${version}` : `version ${version}, where this is ${BYTECODE_VERSION}`;
    throw new TiError(ErrorCode.BAD_DATA, `the program was compiled by another version (${which}); compile it again`);
  }
  const body = file.subarray(BODY_AT);
  if (!file.subarray(CHECKSUM_AT, BODY_AT).equals(checksum(body))) throw damaged('its checksum is wrong');
  return body;
}

/**
 * The program in the bytes of a file. `compactor` and `layout` are those of `Program`; they may throw TiError, as a text that was tampered with may be no
 * closure.
 *
 * The program must pass `verifyProgram` before it runs.
 *
 * @throws TiError (BAD_DATA) for bytes of another kind, of another version, or damaged
 */
export function loadProgram(bytes: Uint8Array, compactor: (text: string) => string, layout: (text: string) => string = compactor): Program {
  const body = openContainer(bytes);
  checkPacked(body);
  const orSame = (change: (text: string) => string) => (text: string) => changedOrSame(text, change);
  return new Program(fieldsOf(unpackr.unpack(body) as Packed), orSame(compactor), orSame(layout));
}

/** The model asks for the text in the middle of a change, where no error may come: what is no closure is one that fails when it is called. */
function changedOrSame(text: string, change: (text: string) => string): string {
  try {
    return change(text);
  } catch (error) {
    if (error instanceof TiError) return text;
    throw error;
  }
}

function packProgram(program: Program): Packed {
  const { effects } = program;
  return [
    DIALECT,
    packText(program.source),
    program.constants.map(packConstant),
    program.names.map(packText),
    program.sites.map((site) => packText(site.name)),
    program.rowNames.map(packText),
    program.functions.map(packFunction),
    [packReason(effects.collection), packReason(effects.thingsdb)],
  ];
}

function fieldsOf(packed: Packed): ProgramFields {
  const [dialect, source, constants, names, sites, rows, functions, effects] = arrayOf(packed, 8);
  if (dialect !== DIALECT) throw damaged('it is of an unknown dialect');
  const [collection, thingsdb] = arrayOf(effects, 2);
  return {
    source: textOf(source),
    constants: arrayOf(constants).map(constantOf),
    names: arrayOf(names).map(textOf),
    sites: arrayOf(sites).map(textOf),
    rows: arrayOf(rows).map(textOf),
    functions: arrayOf(functions).map(functionOf),
    effects: { collection: reasonOf(collection), thingsdb: reasonOf(thingsdb) },
  };
}

/** Parameters are the first locals, so their number tells them. */
function packFunction(fn: FunctionCode): Packed {
  return [
    fn.arity,
    fn.locals.map(packText),
    packCode(fn.code),
    packLines(fn.lines),
    fn.maxStack,
    fn.cacheCount,
    fn.effects,
    fn.start,
    fn.end,
    packText(fn.doc),
    fn.seen,
  ];
}

function functionOf(packed: Packed): FunctionFields {
  const [arity, locals, code, lines, maxStack, cacheCount, effects, start, end, doc, seen] = arrayOf(packed, 11);
  const names = arrayOf(locals).map(textOf);
  const words = unpackCode(bytesOf(code));
  const caches = numberOf(cacheCount);
  // A cache is made for each, so their number is held against the code now.
  if (caches > words.length) throw damaged('a function asks for more caches than it can use');
  if (numberOf(arity) > names.length) throw damaged('a function has parameters that are no locals');
  return {
    params: names.slice(0, numberOf(arity)),
    locals: names,
    code: words,
    lines: unpackLines(bytesOf(lines)),
    maxStack: numberOf(maxStack),
    cacheCount: caches,
    effects: numberOf(effects),
    start: numberOf(start),
    end: numberOf(end),
    doc: textOf(doc),
    seen: boolOf(seen),
  };
}

const packReason = (reason: EffectReason | null): Packed => (reason === null ? null : [packText(reason.what), reason.start, reason.end]);

function reasonOf(packed: Packed | undefined): EffectReason | null {
  if (packed === null) return null;
  const [what, start, end] = arrayOf(packed, 3);
  return { what: textOf(what), start: numberOf(start), end: numberOf(end) };
}
