/** Operands of steps. */
import { ForeignValues } from '../model/foreign-values.ts';
import { readStr } from '../model/read.ts';
import { Tok } from '../msgpack/reader.ts';

/** Reads the operands of steps, most of which are maps with keys in a fixed order. */
export class Operands extends ForeignValues {
  /** Enters a map. */
  open(): number {
    if (this.r.next() !== Tok.MAP) throw new Error('expected a map');
    return this.r.number;
  }

  /** The head of a list. */
  count(): number {
    if (this.r.next() !== Tok.ARRAY) throw new Error('expected an array');
    return this.r.number;
  }

  key(name: string): void {
    const found = readStr(this.r);
    if (found !== name) throw new Error(`expected \`${name}\` and found \`${found}\``);
  }

  int(name?: string): number {
    if (name !== undefined) this.key(name);
    if (this.r.next() !== Tok.INT) throw new Error('expected an int');
    return this.r.number;
  }

  str(name?: string): string {
    if (name !== undefined) this.key(name);
    return readStr(this.r);
  }

  bool(name?: string): boolean {
    if (name !== undefined) this.key(name);
    if (this.r.next() !== Tok.BOOL) throw new Error('expected a bool');
    return this.r.number === 1;
  }
}
