/** What each token of a text is, for those who colour it: from the lexers alone, so that it is quick and works for any text. */
import type { IToken, TokenType } from 'chevrotain';
import { tokenize as tokenize2019 } from '../../grammar/2019/lexer.ts';
import * as t2019 from '../../grammar/2019/tokens.ts';
import type { Tokens } from '../../grammar/v1/lexer.ts';
import { tokenize } from '../../grammar/v1/lexer.ts';
import * as v1 from '../../grammar/v1/tokens.ts';
import type { Span } from '../ast/nodes.ts';
import { constant } from '../builtins/library.ts';

export type TokenClass =
  | 'comment'
  | 'string'
  | 'regex'
  | 'number'
  | 'constant'
  | 'keyword'
  | 'function'
  | 'method'
  | 'property'
  | 'variable'
  | 'punctuation'
  | 'bad';

/** Offsets in bytes. */
export interface ClassedSpan extends Span {
  readonly class: TokenClass;
}

const CLASSES: ReadonlyMap<TokenType, TokenClass> = new Map<TokenType, TokenClass>([
  ...[v1.StringText, v1.OpenString, v1.TemplateStart, v1.TemplateText, v1.TemplateEnd].map((type) => [type, 'string'] as const),
  ...[t2019.StringText, t2019.OpenString].map((type) => [type, 'string'] as const),
  ...[v1.Regex, t2019.Regex].map((type) => [type, 'regex'] as const),
  ...[v1.Int, v1.Float, t2019.Int, t2019.Float].map((type) => [type, 'number'] as const),
  ...[v1.Inf, v1.Nan].map((type) => [type, 'constant'] as const),
  ...[v1.OpenComment, t2019.OpenComment].map((type) => [type, 'comment'] as const),
  ...[v1.BadNumber, v1.Unknown, t2019.BadNumber, t2019.Unknown].map((type) => [type, 'bad'] as const),
  [t2019.Temp, 'variable'],
]);

const isAny = (token: IToken | undefined, ...types: readonly TokenType[]): boolean =>
  token !== undefined && types.some((type) => token.tokenType === type || token.tokenType.CATEGORIES?.includes(type) === true);

/** Words are told apart by what stands around them: any may name a property. */
function classOfWord(token: IToken, before: IToken | undefined, after: IToken | undefined): TokenClass {
  const isCall = isAny(after, v1.LParen, t2019.LParen);
  if (isAny(before, v1.Access, t2019.Dot)) return isCall ? 'method' : 'property';
  if (isAny(token, v1.Constant, t2019.Constant, v1.Numeric)) return 'constant';
  if (token.tokenType !== v1.Name && token.tokenType !== t2019.Name) return isAny(after, v1.Colon) ? 'property' : 'keyword';
  if (isCall) return 'function';
  return constant(token.image) === undefined ? 'variable' : 'constant';
}

function classOf(token: IToken, before: IToken | undefined, after: IToken | undefined): TokenClass {
  if (isAny(token, v1.Identifier, t2019.Identifier)) return classOfWord(token, before, after);
  return CLASSES.get(token.tokenType) ?? 'punctuation';
}

/** The tokens and comments of a text (a byte string) in either dialect, in order. */
export function classify(text: string, dialect: 'v1' | '2019'): ClassedSpan[] {
  const { tokens, comments }: Tokens = dialect === '2019' ? tokenize2019(text) : tokenize(text);
  const spans = comments.map(({ start, end }): ClassedSpan => ({ start, end, class: 'comment' }));
  tokens.forEach((token, i) => {
    const { startOffset: start, image } = token;
    if (image !== '') spans.push({ start, end: start + image.length, class: classOf(token, tokens[i - 1], tokens[i + 1]) });
  });
  return spans.sort((a, b) => a.start - b.start);
}
