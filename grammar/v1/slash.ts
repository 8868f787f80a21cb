/**
 * Tells whether a `/` may open a regular expression: only where an operand may stand. That depends on more than the token before it: a `)` may
 * close the condition of an `if`, and `return`, `else` and `in` are keywords or names.
 *
 * The state advances over the tokens only when a slash is met and goes on from where it stopped, so a text costs one pass, and one without slashes
 * nothing. Token types go by name here, as the tokens themselves are built on this module.
 */
import type { IToken, TokenType } from 'chevrotain';

const PLAIN = 0;
/** A parenthesis behind `if`: an operand follows it, unless it is empty. */
const CONDITION = 1;
/** A parenthesis behind `for`, before its `in`. */
const LOOP = 2;

interface SlashState {
  tokens: readonly IToken[];
  position: number;
  /** An operand may stand next. */
  operand: boolean;
  /** A prefix operator was last: keywords are names here. */
  prefixed: boolean;
  /** A dot was last: any word is a name. */
  dotted: boolean;
  /** What the next parenthesis would be. */
  header: number;
  brackets: number[];
}

const none: readonly IToken[] = [];
const state: SlashState = { tokens: none, position: 0, operand: true, prefixed: false, dotted: false, header: PLAIN, brackets: [] };

function restart(tokens: readonly IToken[]): void {
  state.tokens = tokens;
  state.position = 0;
  state.operand = true;
  state.prefixed = false;
  state.dotted = false;
  state.header = PLAIN;
  state.brackets = [];
}

/** Forgets the tokens of the last text. */
export function resetSlash(): void {
  if (state.tokens !== none) restart(none);
}

/** Whether an operand may stand behind `tokens`, the tokens so far. */
export function operandExpected(tokens: readonly IToken[]): boolean {
  if (state.tokens !== tokens) restart(tokens);
  for (; state.position < tokens.length; state.position++) advance((tokens[state.position] as IToken).tokenType);
  return state.operand;
}

function advance(type: TokenType): void {
  const { header, prefixed, dotted } = state;
  state.header = PLAIN;
  state.prefixed = false;
  state.dotted = false;
  switch (type.name) {
    case 'LParen':
      open(header);
      return;
    case 'LBracket':
    case 'LBrace':
    case 'TemplateOpen':
      open(PLAIN);
      return;
    case 'RParen':
      state.operand = state.brackets.pop() === CONDITION && !closesEmpty();
      return;
    case 'RBracket':
    case 'RBrace':
      state.brackets.pop();
      state.operand = false;
      return;
    case 'Dot':
    case 'DotDot':
      state.dotted = true;
      return;
    case 'Plus':
    case 'Minus':
      state.prefixed = state.operand;
      state.operand = true;
      return;
    case 'Bang':
    case 'Tilde':
      state.prefixed = true;
      state.operand = true;
      return;
    case 'Comma':
    case 'Semicolon':
    case 'Colon':
    case 'Question':
      state.operand = true;
      return;
    default:
      if (!belongs(type, 'Identifier')) state.operand = belongs(type, 'BinaryOperator') || belongs(type, 'AssignOperator');
      else if (dotted) state.operand = false;
      else word(type.name, prefixed);
  }
}

const belongs = (type: TokenType, category: string): boolean => type.CATEGORIES?.some((parent) => parent.name === category) ?? false;

const top = (): number | undefined => state.brackets[state.brackets.length - 1];

function retop(kind: number): void {
  state.brackets[state.brackets.length - 1] = kind;
}

function open(kind: number): void {
  state.brackets.push(kind);
  state.operand = true;
}

const closesEmpty = (): boolean => state.tokens[state.position - 1]?.tokenType.name === 'LParen';

function word(name: string, prefixed: boolean): void {
  if (!state.operand) {
    // Behind an operand a word can only be one of these two, or an error.
    state.operand = name === 'Else' || name === 'In';
    if (name === 'In' && top() === LOOP) retop(CONDITION);
    return;
  }
  state.operand = false;
  if (prefixed) return;
  if (name === 'Return') state.operand = true;
  else if (name === 'If') state.header = CONDITION;
  else if (name === 'For') state.header = LOOP;
}
