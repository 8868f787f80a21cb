/** Packs the variables of a step from their JSON text: a number with a point or exponent is a float, any other an int of any size. */
import { MsgpackWriter } from '../../src/msgpack/writer.ts';

class JsonPacker {
  private readonly text: string;
  private readonly w: MsgpackWriter;
  private at = 0;

  constructor(text: string, w: MsgpackWriter) {
    this.text = text;
    this.w = w;
  }

  private space(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  value(): void {
    this.space();
    const c = this.text[this.at] as string;
    if (c === '{') this.container('}');
    else if (c === '[') this.container(']');
    else if (c === '"') this.w.str(this.string());
    else this.scalar();
  }

  /** Packs the members into a writer of their own, since their number stands before them. */
  private container(end: '}' | ']'): void {
    const inner = new MsgpackWriter();
    const packer = new JsonPacker(this.text, inner);
    packer.at = this.at + 1;
    const count = packer.members(end);
    this.at = packer.at;
    const bytes = inner.take();
    if (end === '}' && count === 1 && bytes[0] === 0xa2 && bytes.subarray(1, 3).toString('latin1') === '$b') {
      // {"$b": base64} is a value of type bytes.
      const text = JSON.parse(this.text.slice(this.text.lastIndexOf('"$b"', this.at), this.at - 1).replace(/^"\$b"\s*:\s*/, '')) as string;
      this.w.bin(Buffer.from(text, 'base64').toString('latin1'));
      return;
    }
    if (end === '}') this.w.mapHeader(count);
    else this.w.arrayHeader(count);
    this.w.copy(bytes);
  }

  private members(end: '}' | ']'): number {
    for (let count = 0; ; count++) {
      this.space();
      if (this.text[this.at] === end) {
        this.at++;
        return count;
      }
      if (this.text[this.at] === ',') this.at++;
      this.space();
      if (end === '}') {
        this.w.str(this.string());
        this.space();
        this.at++;
      }
      this.value();
    }
  }

  private string(): string {
    const start = this.at++;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at++;
    return Buffer.from(JSON.parse(this.text.slice(start, this.at)) as string, 'utf8').toString('latin1');
  }

  private scalar(): void {
    const match = /^(?:null|true|false|-?[0-9.eE+-]+)/.exec(this.text.slice(this.at));
    if (match === null) throw new Error(`bad JSON at ${this.at}: ${this.text}`);
    const [word] = match;
    this.at += word.length;
    if (word === 'null') this.w.nil();
    else if (word === 'true' || word === 'false') this.w.bool(word === 'true');
    else if (/[.eE]/.test(word)) this.w.float(Number(word));
    else if (Number.isSafeInteger(Number(word))) this.w.int(Number(word));
    else this.bigint(BigInt(word));
  }

  private bigint(value: bigint): void {
    if (value < 2n ** 64n && value >= 2n ** 63n) {
      this.w.u8(0xcf);
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(value);
      this.w.copy(bytes);
    } else this.w.bigint(value);
  }
}

export function packVars(json: string): Buffer {
  const w = new MsgpackWriter();
  new JsonPacker(json, w).value();
  return w.take();
}
