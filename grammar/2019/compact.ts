/** The text in which an arrow function is stored and shown. */
import { tokenize } from './lexer.ts';
import { parseArrow } from './parser.ts';
import * as t from './tokens.ts';

/**
 * The tokens of an arrow function as written, without the space and the comments between them: `x=>(x+1)`.
 *
 * @throws TiError with code SYNTAX when the text is no arrow function
 */
export function compactArrow(source: string): string {
  parseArrow(source);
  let text = '';
  for (const { image, tokenType } of tokenize(source).tokens) {
    // A division before a regular expression would read as a whole division.
    text += tokenType === t.Regex && text.endsWith('/') ? ` ${image}` : image;
  }
  return text;
}
