/**
 * Runs the grammar without error recovery: the first error ends the parse.
 *
 * Chevrotain's own engine puts a dozen frames on the stack for each nested value, so that some 300 levels overflow it before V8 has optimised
 * anything. Without the need to recover, a rule is a plain function call: this class gives the methods that the rules are written in another, leaner
 * meaning. What to take next is still decided by Chevrotain's lookahead.
 */
import {
  type DSLMethodOpts,
  type GrammarAction,
  type InferOr,
  type IOrAlt,
  type IToken,
  type ManySepMethodOpts,
  type ParserMethod,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import type { Rule, RuleInfo } from './engine.ts';
import { expectations, failure, messages, problemWith } from './errors.ts';
import { Grammar } from './grammar.ts';

type Action<T> = GrammarAction<T> | DSLMethodOpts<T>;

const infoOf = (rule: unknown): RuleInfo => (rule as Rule<unknown>).info;

export class LeanParser extends Grammar {
  private source = '';
  private tokens: readonly IToken[] = [];
  /** The index of the next token. */
  private position = 0;
  /** The rule that is running. */
  private info: RuleInfo = infoOf(this.script);

  constructor() {
    super({ recover: false, messages });
  }

  /** Runs one rule over `tokens`, which end with a token of type EOF. Throws TiError with the place of the first error. */
  parse<T>(rule: Rule<T>, source: string, tokens: readonly IToken[]): T {
    this.restart();
    this.source = source;
    this.tokens = tokens;
    this.position = 0;
    this.info = rule.info;
    try {
      return rule.info.body.call(this) as T;
    } catch (error) {
      // Only when the stack was nearly full before the parse began.
      if (error instanceof RangeError) this.abort(this.LA(1), 'nested too deep for what is left of the stack');
      throw error;
    } finally {
      this.tokens = [];
      this.source = '';
    }
  }

  /** What the last text was divided by; see `Outcome`. */
  divisions(): number[] {
    return this.separators.slice();
  }

  protected override report(token: IToken, problem: string): void {
    this.abort(token, problem);
  }

  protected override abort(token: IToken, problem: string): never {
    throw failure(this.source, token.startOffset, problem);
  }

  private unexpected(expected: TokenType | null): never {
    const token = this.LA(1);
    return this.abort(token, problemWith(token, expectations(this.info.name, expected, this.LA(0)), this.source));
  }

  override LA(k: number): IToken {
    const { tokens } = this;
    return tokens[this.position + k - 1] ?? (tokens[tokens.length - 1] as IToken);
  }

  override LA_FAST(k: number): IToken {
    return this.LA(k);
  }

  override CONSUME(type: TokenType): IToken {
    const token = this.tokens[this.position] as IToken;
    if (token.tokenType !== type && !tokenMatcher(token, type)) this.unexpected(type);
    this.position++;
    return token;
  }

  override CONSUME1(type: TokenType): IToken {
    return this.CONSUME(type);
  }

  /** A choice of rules costs no call of its own: the chosen rule runs in its place. */
  override SUBRULE<A extends unknown[], T>(rule: ParserMethod<A, T>): T {
    const caller = this.info;
    let info = infoOf(rule);
    if (info.pick !== null) {
      const index = info.pick(this);
      this.info = info;
      if (index < 0) this.unexpected(null);
      info = infoOf(info.alternatives()[index]);
    }
    this.info = info;
    const result = info.body.call(this) as T;
    this.info = caller;
    return result;
  }

  override SUBRULE1<A extends unknown[], T>(rule: ParserMethod<A, T>): T {
    return this.SUBRULE(rule);
  }

  override SUBRULE2<A extends unknown[], T>(rule: ParserMethod<A, T>): T {
    return this.SUBRULE(rule);
  }

  override SUBRULE3<A extends unknown[], T>(rule: ParserMethod<A, T>): T {
    return this.SUBRULE(rule);
  }

  /* Each of these calls its action itself: a shared helper would be one more frame at every level of nesting. */

  override OPTION<T>(action: Action<T>): T | undefined {
    return this.info.options[0]?.call(this) ? (action as () => T)() : undefined;
  }

  override OPTION1<T>(action: Action<T>): T | undefined {
    return this.info.options[1]?.call(this) ? (action as () => T)() : undefined;
  }

  override OPTION2<T>(action: Action<T>): T | undefined {
    return this.info.options[2]?.call(this) ? (action as () => T)() : undefined;
  }

  override OPTION3<T>(action: Action<T>): T | undefined {
    return this.info.options[3]?.call(this) ? (action as () => T)() : undefined;
  }

  override OPTION4<T>(action: Action<T>): T | undefined {
    return this.info.options[4]?.call(this) ? (action as () => T)() : undefined;
  }

  override OPTION5<T>(action: Action<T>): T | undefined {
    return this.info.options[5]?.call(this) ? (action as () => T)() : undefined;
  }

  override MANY<T>(action: Action<T>): void {
    const test = this.info.repetitions[0];
    while (test?.call(this)) (action as () => T)();
  }

  override MANY1<T>(action: Action<T>): void {
    const test = this.info.repetitions[1];
    while (test?.call(this)) (action as () => T)();
  }

  override MANY_SEP<T>({ SEP, DEF }: ManySepMethodOpts<T>): void {
    if (!this.info.separated[0]?.call(this)) return;
    const action = DEF as () => T;
    action();
    while (this.LA(1).tokenType === SEP) {
      this.position++;
      action();
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature is that of the method which this one stands in for.
  override OR<A extends readonly IOrAlt<any>[]>(alternatives: [...A] | { DEF: [...A] }): InferOr<A> {
    const index = this.info.choices[0]?.call(this);
    if (index === undefined) this.unexpected(null);
    return (alternatives as IOrAlt<InferOr<A>>[])[index]?.ALT() as InferOr<A>;
  }
}
