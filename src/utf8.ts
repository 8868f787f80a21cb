const BEYOND_ASCII = /[\x80-\xff]/;
/** From this length on, a regular expression looks faster for bytes beyond ASCII than a loop. */
const LONG = 32;

/** Whether a byte string is well-formed UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
export function isUtf8(text: string): boolean {
  if (text.length > LONG && !BEYOND_ASCII.test(text)) return true;
  const end = text.length;
  let at = 0;
  while (at < end) {
    const lead = text.charCodeAt(at++);
    if (lead < 0x80) continue;
    let more = 1;
    let low = 0x80;
    let high = 0xbf;
    if (lead < 0xc2 || lead > 0xf4) return false;
    if (lead >= 0xf0) {
      more = 3;
      if (lead === 0xf0) low = 0x90;
      else if (lead === 0xf4) high = 0x8f;
    } else if (lead >= 0xe0) {
      more = 2;
      if (lead === 0xe0) low = 0xa0;
      else if (lead === 0xed) high = 0x9f;
    }
    if (at + more > end) return false;
    for (; more > 0; more--) {
      const byte = text.charCodeAt(at++);
      if (byte < low || byte > high) return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}

/** The UTF-8 bytes of a code point, as a byte string; surrogates are encoded as they are. */
export function encodeCodePoint(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  return String.fromCharCode(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

/** How many bytes the character has that begins with this byte; in well-formed UTF-8. */
export const widthOf = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);

/** The code point that begins at a position of well-formed UTF-8. */
export function codePointAt(text: string, at: number): number {
  const lead = text.charCodeAt(at);
  if (lead < 0x80) return lead;
  const second = text.charCodeAt(at + 1) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = text.charCodeAt(at + 2) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (text.charCodeAt(at + 3) & 0x3f);
}

/** JavaScript text as UTF-8 bytes. */
export const toBytes = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

/** UTF-8 bytes as JavaScript text; ill-formed bytes become U+FFFD. */
export const fromBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
