/** What the page on the compiler shows of its query, made by the code that it is about. */
import { tokenize } from '../../grammar/v1/lexer.ts';
import { parse } from '../../grammar/v1/parser.ts';
import { dumpTree } from '../../src/ast/dump.ts';
import { disassemble, disassembleJson } from '../../src/bytecode/disassemble.ts';
import { OPS } from '../../src/bytecode/opcodes.ts';
import { compileText } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { MsgpackReader, Tok } from '../../src/msgpack/reader.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { makePackage, PackageType } from '../../src/server/framing.ts';
import { addRecord, HEADER_SIZE, newBatch } from '../../src/storage/log-format.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { recordingEngine } from '../model/recording.ts';

export const QUERY = '.cart.push(price * 2);';
const VARS = { price: 21 };
const CLIENT_ID = 7;

const ADMIN = { id: 1, name: 'admin' };

/** Bytes as hexadecimal digits, sixteen a line, with their text beside them; `hidden` ones are dots. */
function hex(bytes: Uint8Array, hidden: (at: number) => boolean = () => false): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte, i) => (hidden(at + i) ? '..' : byte.toString(16).padStart(2, '0'))).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${digits.padEnd(47)}  ${text}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The MessagePack of one item after the other, each on a line: its bytes, and what they mean. */
function items(bytes: Uint8Array): string {
  const reader = new MsgpackReader(bytes);
  const lines: string[] = [];
  while (!reader.atEnd) {
    const from = reader.offset;
    const meaning = itemAt(reader, bytes);
    const own = [...bytes.subarray(from, reader.offset)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`${own.padEnd(17)}${meaning}`);
  }
  return `${lines.join('\n')}\n`;
}

function itemAt(reader: MsgpackReader, bytes: Uint8Array): string {
  const token = reader.next();
  switch (token) {
    case Tok.INT:
      return String(reader.number);
    case Tok.STR:
      return `'${Buffer.from(bytes.subarray(reader.dataStart, reader.dataStart + reader.number)).toString('latin1')}'`;
    case Tok.ARRAY:
      return `a list of ${reader.number}`;
    default:
      throw new Error(`no words for a token of kind ${token}`);
  }
}

function packed(write: (w: MsgpackWriter) => void): Uint8Array {
  const w = new MsgpackWriter();
  write(w);
  return Uint8Array.from(w.take());
}

/** The query as a client sends it. */
const request = (): Uint8Array =>
  packed((w) => {
    w.arrayHeader(3);
    w.str('//stuff');
    w.str(QUERY);
    w.mapHeader(1);
    w.str('price');
    w.int(VARS.price);
  });

function tokens(): string {
  return tokenize(QUERY)
    .tokens.map(({ startOffset, image, tokenType }) =>
      `${String(startOffset).padStart(2)}  ${tokenType.name.padEnd(11)} ${image}`.trimEnd(),
    )
    .join('\n')
    .concat('\n');
}

/** The instructions with their stack pictures, from the table of instructions. */
function pictures(): string {
  const [main] = disassembleJson(compileText(QUERY)).functions;
  const names = new Set((main?.instructions ?? []).map(({ op }) => op));
  return OPS.filter(({ name }) => names.has(name))
    .map(({ name, picture }) => `${name.padEnd(12)} ${picture}`)
    .join('\n')
    .concat('\n');
}

/** All listings of the page by name. */
export async function listings(): Promise<ReadonlyMap<string, string>> {
  const { engine, log } = await recordingEngine();
  const query = (code: string, vars: Uint8Array | null): ReturnType<typeof engine.query> =>
    engine.query({ user: ADMIN, client: null, scope: '//stuff', code, vars });
  query('.cart = [5];', null);
  const vars = packed((w) => {
    w.mapHeader(1);
    w.str('price');
    w.int(VARS.price);
  });
  const answer = query(QUERY, vars);
  const entry = log.at(-1);
  if (entry === undefined || answer === null || answer instanceof TiError)
    throw new Error('the query has left no change, or gives no answer');
  const batch = newBatch();
  addRecord(batch, entry.id, entry.scope, entry.data);
  const record = batch.bytes.subarray(HEADER_SIZE, batch.end);
  const payload = packed((w) => encodeValue(w, answer.value, { deep: answer.deep, flags: answer.flags, hooks: engine.hooks }));
  return new Map([
    ['request', hex(makePackage(PackageType.QUERY, CLIENT_ID, request()))],
    ['tokens', tokens()],
    ['tree', `${dumpTree(parse(QUERY), { spans: true })}\n`],
    ['instructions', disassemble(compileText(QUERY))],
    ['pictures', pictures()],
    ['change', items(entry.data)],
    // Mark, checksum and the place that is known to be on the disk depend on the file.
    ['record', hex(record, (at) => at < 8 || (at >= 12 && at < 16))],
    ['answer', hex(makePackage(PackageType.DATA, CLIENT_ID, payload))],
  ]);
}
