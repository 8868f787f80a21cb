/** How scripts in the 2019 dialect are read in parts. */
import { tokenize } from '../../../grammar/2019/lexer.ts';
import { parseSplit } from '../../../grammar/2019/parser.ts';
import { OpenString, StringText } from '../../../grammar/2019/tokens.ts';
import type { Reader } from '../parts.ts';

/** The lexer goes by the token before only, and behind a semicolon that is as at the start. */
export const reader2019: Reader = {
  tokenize,
  parse: parseSplit,
  depth: () => 0,
  isText: (type) => type === StringText || type === OpenString,
  isOpenText: (type) => type === OpenString,
};
