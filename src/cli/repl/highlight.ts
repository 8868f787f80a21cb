/** Queries in colours. Texts are JavaScript strings; the lexers know bytes. */
import { classify } from '../../analysis/token-classes.ts';
import type { Span } from '../../terminal/layout.ts';
import type { Dialect } from '../dialect.ts';
import { fromBytes, toBytes } from '../io.ts';
import { CLASS_STYLES, styled } from './colours.ts';

/** A text longer than this is not coloured: each key would take too long. */
const MOST_TEXT = 50_000;

/** The spans of a text that have a colour, in order. */
export function spansOf(text: string, dialect: Dialect): Span[] {
  if (text.length > MOST_TEXT) return [];
  const bytes = toBytes(text);
  const isAscii = bytes.length === text.length;
  const spans: Span[] = [];
  let at = 0;
  let offset = 0;
  // Places only grow, so each part is decoded once.
  const place = (byte: number): number => {
    if (isAscii) return byte;
    offset += fromBytes(bytes.slice(at, byte)).length;
    at = byte;
    return offset;
  };
  for (const { start, end, class: kind } of classify(bytes, dialect)) {
    const style = CLASS_STYLES[kind];
    if (style !== '') spans.push({ start: place(start), end: place(end), style });
  }
  return spans;
}

/** A text with its colours. */
export function highlighted(text: string, dialect: Dialect, colored: boolean): string {
  if (!colored) return text;
  let out = '';
  let at = 0;
  for (const { start, end, style } of spansOf(text, dialect)) {
    out += text.slice(at, start) + styled(text.slice(start, end), style, true);
    at = end;
  }
  return out + text.slice(at);
}
