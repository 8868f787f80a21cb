/**
 * What was entered: a query, or a command of the prompt.
 *
 * A query may begin with a dot, too: `.name` is a property of the root. A text is a command when its very first character is the dot, the name of a command
 * stands behind it, and then the text ends or a blank follows. Behind the blank stands what is told the command, unless that begins with an operator that has
 * a blank behind it: `.mode = 1` and `.time - 1` are queries. A blank before the dot, or a semicolon behind the name, makes any text a query.
 */
import type { TokenType } from 'chevrotain';
import { tokenize } from '../../../grammar/v1/lexer.ts';
import * as v1 from '../../../grammar/v1/tokens.ts';
import { toBytes } from '../io.ts';

export type Input =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'query'; readonly text: string }
  /** `argument` begins at the offset `at`. */
  | { readonly kind: 'command'; readonly name: string; readonly argument: string; readonly at: number };

const FORM = /^\.([a-z]+)(?:([ \t\n]+)([\s\S]*))?$/;

const OPERATORS: readonly TokenType[] = [v1.BinaryOperator, v1.AssignOperator, v1.Question];

/** Whether a text begins with an operator that has a blank, or nothing, behind it. */
function beginsWithOperator(text: string): boolean {
  const { tokens } = tokenize(toBytes(text));
  let end = 0;
  for (const token of tokens) {
    const isOperator = OPERATORS.some((type) => token.tokenType === type || token.tokenType.CATEGORIES?.includes(type) === true);
    if (token.startOffset !== end || !isOperator) break;
    end = v1.endOf(token);
  }
  return end > 0 && /^(?:\s|$)/.test(text.slice(end));
}

/** Reads what was entered; `isCommand` tells names of commands. */
export function readInput(text: string, isCommand: (name: string) => boolean): Input {
  if (text.trim() === '') return { kind: 'nothing' };
  const [, name = '', blanks = '', rest = ''] = FORM.exec(text) ?? [];
  if (!isCommand(name) || beginsWithOperator(rest)) return { kind: 'query', text };
  return { kind: 'command', name, argument: rest.trim(), at: 1 + name.length + blanks.length };
}
