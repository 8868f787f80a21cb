/**
 * Code and line tables as bytes. An instruction is a byte with its opcode, and its operands as numbers of variable length: seven bits a byte, the lowest first,
 * the top bit set on all but the last. Jumps are told by their distance. So most instructions take two bytes, against four or eight in memory.
 */
import { damaged, instructionsOf } from './effects-of-ops.ts';
import { OPS, type OperandKind } from './opcodes.ts';

/** Operands that are often negative: there, the lowest bit is the sign. */
const isSigned = (kind: OperandKind): boolean => kind === 'int' || kind === 'to';

class ByteWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = value;
  }

  /** A number of 32 bits, taken as one without sign. */
  number(value: number): void {
    let left = value >>> 0;
    for (; left > 0x7f; left >>>= 7) this.byte((left & 0x7f) | 0x80);
    this.byte(left);
  }

  signed(value: number): void {
    this.number((value << 1) ^ (value >> 31));
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

class ByteReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw damaged('its code breaks off');
    return value;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw damaged('a number in its code is too large');
  }

  signed(): number {
    const value = this.number();
    return (value >>> 1) ^ -(value & 1);
  }
}

/** Throws TiError for code that holds something else than instructions. */
export function packCode(code: Int32Array): Uint8Array {
  const w = new ByteWriter();
  for (const { at, op, a, b } of instructionsOf(code)) {
    w.byte(op.code);
    if (op.a === 'to') w.signed(a - at);
    else if (isSigned(op.a)) w.signed(a);
    else if (op.a !== 'none' || a !== 0) w.number(a);
    if (op.b === 'none') continue;
    if (isSigned(op.b)) w.signed(b);
    else w.number(b);
  }
  return w.take();
}

/** The inverse. Throws TiError for bytes that no code gives. */
export function unpackCode(bytes: Uint8Array): Int32Array {
  const r = new ByteReader(bytes);
  const words: number[] = [];
  while (!r.atEnd) {
    const op = OPS[r.byte()];
    if (op === undefined) throw damaged('it has an instruction that does not exist');
    const at = words.length;
    let a = 0;
    if (op.a === 'to') a = r.signed() + at;
    else if (op.a !== 'none') a = isSigned(op.a) ? r.signed() : r.number();
    const word = op.code | (a << 8);
    if (word >> 8 !== a) throw damaged(`the operand of ${op.name} is too large`);
    words.push(word);
    if (op.b !== 'none') words.push(isSigned(op.b) ? r.signed() : r.number());
  }
  return Int32Array.from(words);
}

/** Pairs of position and offset, as differences from the pair before. */
export function packLines(lines: Int32Array): Uint8Array {
  const w = new ByteWriter();
  for (let i = 0; i + 1 < lines.length; i += 2) {
    w.number((lines[i] as number) - (lines[i - 2] ?? 0));
    w.signed((lines[i + 1] as number) - (lines[i - 1] ?? 0));
  }
  return w.take();
}

/** The inverse. Throws TiError for bytes that no line table gives. */
export function unpackLines(bytes: Uint8Array): Int32Array {
  const r = new ByteReader(bytes);
  const lines: number[] = [];
  let at = 0;
  let offset = 0;
  while (!r.atEnd) {
    at = (at + r.number()) | 0;
    offset = (offset + r.signed()) | 0;
    lines.push(at, offset);
  }
  return Int32Array.from(lines);
}
