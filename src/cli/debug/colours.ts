/** A script in the colours of a terminal. */
import { tokenize } from '../../../grammar/v1/lexer.ts';
import { fromBytes } from '../../utf8.ts';

const STYLES: Readonly<Record<string, string>> = {
  comment: '2',
  String: '32',
  TemplateStart: '32',
  TemplateText: '32',
  TemplateEnd: '32',
  Regex: '35',
  Float: '33',
  Int: '33',
  Inf: '33',
  Nan: '33',
  Nil: '33',
  True: '33',
  False: '33',
  If: '34',
  Else: '34',
  For: '34',
  In: '34',
  Return: '34',
  Break: '34',
  Continue: '34',
};

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly style: string;
}

function pieces(bytes: string): Piece[] {
  const { tokens, comments } = tokenize(bytes);
  const found: Piece[] = comments.map(({ start, end }) => ({ start, end, style: STYLES['comment'] as string }));
  let before = '';
  for (const { tokenType, startOffset, image } of tokens) {
    // Behind a dot a word is a name, whatever it is elsewhere.
    const style = before === 'Dot' || before === 'DotDot' ? undefined : STYLES[tokenType.name];
    before = tokenType.name;
    if (style !== undefined) found.push({ start: startOffset, end: startOffset + image.length, style });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The lines of a script (a byte string) as texts; with `isColored` they have the escape sequences of a terminal, and each is whole by itself. */
export function linesOf(bytes: string, isColored: boolean): string[] {
  if (!isColored) return fromBytes(bytes).split('\n');
  let out = '';
  let at = 0;
  for (const { start, end, style } of pieces(bytes)) {
    if (start < at) continue;
    const inside = bytes.slice(start, end).split('\n');
    out += bytes.slice(at, start) + inside.map((line) => `\x1b[${style}m${line}\x1b[0m`).join('\n');
    at = end;
  }
  return fromBytes(out + bytes.slice(at)).split('\n');
}
