/** Places in a text, counted in the bytes of the language and in the UTF-16 code units of the editor. */
import type { Span } from '../../../ast/nodes.ts';
import type { Mark } from '../messages.ts';

export class Places {
  /** By byte, and by code unit; null where both are the same. */
  private readonly units: Uint32Array | null = null;
  private readonly bytes: Uint32Array | null = null;

  /** `byteCount` is the length of the text in UTF-8. */
  constructor(text: string, byteCount: number) {
    if (byteCount === text.length) return;
    const units = new Uint32Array(byteCount + 1);
    const bytes = new Uint32Array(text.length + 1);
    let byte = 0;
    let unit = 0;
    for (const char of text) {
      const code = char.codePointAt(0) as number;
      const width = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      units.fill(unit, byte, byte + width);
      bytes.fill(byte, unit, unit + char.length);
      byte += width;
      unit += char.length;
    }
    units[byte] = unit;
    bytes[unit] = byte;
    this.units = units;
    this.bytes = bytes;
  }

  /** The code unit at a byte; one inside of a character means its start. */
  unitAt(byte: number): number {
    return this.units === null ? byte : (this.units[Math.min(byte, this.units.length - 1)] as number);
  }

  byteAt(unit: number): number {
    return this.bytes === null ? unit : (this.bytes[Math.min(unit, this.bytes.length - 1)] as number);
  }

  mark({ start, end }: Span): Mark {
    return { from: this.unitAt(start), to: this.unitAt(end) };
  }
}
