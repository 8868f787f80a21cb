/** Runs the grammar with error recovery, for tools that want a whole tree and all errors at once. */
import { EOF, type IRecognitionException, type IToken, type TokenType } from 'chevrotain';
import type { Diagnostic } from '../../src/ast/diagnostic.ts';
import type { Expr } from '../../src/ast/nodes.ts';
import { ErrorCode } from '../../src/errors.ts';
import { ErrorLimit, Stop } from './error-limit.ts';
import { expectedBy, messages, problemWith } from './errors.ts';
import { Grammar } from './grammar.ts';
import type { Tokens } from './lexer.ts';
import * as t from './tokens.ts';

/** What the parser may assume where it is missing. Anything else would have to be made up. */
const insertable = new Set<TokenType>([t.RParen, t.RBracket, t.RBrace, t.TemplateEnd]);

/** What the parser may not skip for the sake of one missing token: it is where the next part begins. */
const structural = new Set<TokenType>([t.Semicolon, t.Comma, t.LParen, t.RParen, t.LBracket, t.RBracket, t.LBrace, t.RBrace]);

/** Stands before the first token. */
const start: IToken = { image: '', startOffset: 0, tokenType: EOF, tokenTypeIdx: 0 };

export interface Outcome {
  readonly body: readonly Expr[];
  /** Offsets of the semicolons between the statements of the text; of several in a row, the first. */
  readonly separators: readonly number[];
  readonly diagnostics: readonly Diagnostic[];
}

const limit = new ErrorLimit();

export class TolerantParser extends Grammar {
  private readonly diagnostics: Diagnostic[] = [];
  private text = '';

  constructor() {
    super({ recover: true, messages: limit.counting(messages) });
  }

  /**
   * Parses a text that has errors.
   *
   * @throws RangeError when the text is nested too deep for this engine, which needs more stack than the lean one
   */
  recover({ tokens, text }: Tokens): Outcome {
    this.restart();
    this.diagnostics.length = 0;
    this.text = text;
    limit.restart();
    this.input = tokens;
    try {
      this.script();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      this.giveUp();
    }
    // What is left behind an error that ended the parse is no error of its own.
    const errors = this.errors.filter((error) => error.name !== 'NotAllInputParsedException');
    const found = [...this.diagnostics, ...errors.map((error) => this.diagnosticOf(error))];
    return { body: this.statements.slice(), separators: this.separators.slice(), diagnostics: distinct(found) };
  }

  protected override report(token: IToken, problem: string): void {
    this.diagnostics.push(this.diagnostic(token, problem));
  }

  protected override abort(token: IToken, problem: string): never {
    this.report(token, problem);
    throw new Stop();
  }

  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return insertable.has(type);
  }

  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return !structural.has(this.LA(1).tokenType);
  }

  /** The statement that was being parsed, and all behind it, become one node. */
  private giveUp(): void {
    const last = this.statements[this.statements.length - 1];
    this.statements.push({ kind: 'ErrorExpr', start: last?.end ?? 0, end: this.text.length });
  }

  private diagnosticOf(error: IRecognitionException): Diagnostic {
    const expected = expectedBy(error, this.before(error.token));
    return { ...this.diagnostic(error.token, problemWith(error.token, expected, this.text)), expected };
  }

  /** The token before one of the text. */
  private before(token: IToken): IToken {
    const tokens = this.input;
    let low = 0;
    let high = tokens.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tokens[middle] as IToken).startOffset < token.startOffset) low = middle + 1;
      else high = middle;
    }
    return tokens[low - 1] ?? start;
  }

  private diagnostic(token: IToken, message: string): Diagnostic {
    const start = token.startOffset < 0 ? this.text.length : token.startOffset;
    return { code: ErrorCode.SYNTAX, severity: 'error', message, start, end: start + token.image.length };
  }
}

/** In the order of the text, one for each place. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = diagnostics.toSorted((a, b) => a.start - b.start);
  return sorted.filter((diagnostic, i) => diagnostic.start !== sorted[i - 1]?.start);
}
