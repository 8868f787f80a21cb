/** Characters as people count them, and the columns that they take on a terminal. Texts are JavaScript strings. */
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters that are one code unit and one column each. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The characters of a text, each with what combines with it. */
export function graphemes(text: string): string[] {
  return PLAIN.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How many columns a text without line ends takes. Escape sequences are no text: they count as what they are made of. */
export function columnsOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text, { countAnsiEscapeCodes: true });
}

/** The beginning of a text that fits into so many columns; when something is left out, it ends with `…`. */
export function clip(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let width = 1;
  let out = '';
  for (const char of graphemes(text)) {
    width += columnsOf(char);
    if (width > columns) break;
    out += char;
  }
  return columns < 1 ? '' : `${out}…`;
}

/** The text with blanks behind it, or before it, up to so many columns. */
export function padded(text: string, columns: number, before = false): string {
  const blanks = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return before ? blanks + text : text + blanks;
}

/** The text with control characters as `?`, but for tabs and line ends: they could make a terminal do things. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass.
export const harmless = (text: string): string => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '?');
