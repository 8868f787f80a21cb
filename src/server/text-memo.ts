/** Slots of the table; texts that fall together push each other out. */
const SLOTS = 256;
/** Longer texts are made anew each time: comparing them would cost as much. */
const MAX_LENGTH = 256;

/**
 * Strings for texts that come again and again, such as scopes and the code of queries. Giving the same string object saves making it and, in every
 * map that it is looked up in, hashing it.
 */
export class TextMemo {
  private readonly texts: string[] = new Array<string>(SLOTS).fill('');

  /** The bytes from `start` on as a byte string. */
  get(bytes: Buffer, start: number, length: number): string {
    if (length === 0 || length > MAX_LENGTH) return bytes.latin1Slice(start, start + length);
    const first = bytes[start] as number;
    const middle = bytes[start + (length >> 1)] as number;
    const last = bytes[start + length - 1] as number;
    const slot = (length * 31 + first * 7 + middle * 3 + last) & (SLOTS - 1);
    const known = this.texts[slot] as string;
    if (known.length === length && isSame(known, bytes, start)) return known;
    const text = bytes.latin1Slice(start, start + length);
    this.texts[slot] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
