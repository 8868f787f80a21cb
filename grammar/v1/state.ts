/** What the rules of the grammar work with: the state of the parse, and small helpers. */
import type { IRecognitionException, IToken } from 'chevrotain';
import type * as ast from '../../src/ast/nodes.ts';
import { Engine } from './engine.ts';
import { OperatorStack } from './run.ts';
import { endOf } from './tokens.ts';

/** Statements within statements; each operator before an operand counts as one, as what stands right of it is nested in it. */
export const MAX_NESTING = 500;
/** The height of a tree: nesting, plus the operators that a left operand comes to lie under, which nesting alone does not bound. */
const MAX_HEIGHT = 2 * MAX_NESTING;
const MAX_NAME = 255;

export abstract class GrammarState extends Engine {
  /** The statements of the text so far. */
  protected readonly statements: ast.Expr[] = [];
  /** Offsets of the semicolons between them. */
  protected readonly separators: number[] = [];
  protected readonly run = new OperatorStack();
  /** Statements around the current place, and operators before it in their runs. */
  protected depth = 0;
  /** The height of the highest statement since the enclosing one began. */
  protected height = 0;
  /** Where the operators of the current statement begin in `run`. */
  protected level = 0;
  /** `break` and `continue` may stand here. */
  protected looping = false;

  /** Takes note of an error in what was just parsed, or throws it. */
  protected abstract report(token: IToken, problem: string): void;

  /** Ends the parse. */
  protected abstract abort(token: IToken, problem: string): never;

  /** Forgets the last text. */
  protected restart(): void {
    this.statements.length = 0;
    this.separators.length = 0;
    this.run.cut(0, 0);
    this.depth = 0;
    this.height = 0;
    this.level = 0;
    this.looping = false;
  }

  /** Reports a problem that the grammar itself does not know of; while the grammar is being learnt, there is none. */
  protected complain(token: IToken, problem: string): void {
    if (!this.RECORDING_PHASE) this.report(token, problem);
  }

  /** The offset behind the last token. */
  protected end(): number {
    return endOf(this.LA(0));
  }

  protected ident(token: IToken): ast.Ident {
    const name = token.image;
    if (name.length > MAX_NAME) this.complain(token, `a name of ${name.length} characters, where ${MAX_NAME} are allowed`);
    return { kind: 'Ident', name, start: token.startOffset, end: endOf(token) };
  }

  /** Refuses an operand `depth` levels deep. Lists ask even when they are empty. */
  protected checkNesting(depth: number): void {
    if (depth > MAX_NESTING) this.abort(this.LA(1), `more than ${MAX_NESTING} levels of nesting`);
  }

  /** Takes note of a statement's height: that of its highest part, and a level for itself and each of its operators. */
  protected raiseTo(height: number): void {
    if (height > MAX_HEIGHT) this.abort(this.LA(1), `a tree of more than ${MAX_HEIGHT} levels`);
    if (height > this.height) this.height = height;
  }

  /** Stands for what could not be parsed, from where the error was found to where the parse went on. */
  protected broken(error: IRecognitionException): ast.ErrorExpr {
    const start = error.token.startOffset;
    return { kind: 'ErrorExpr', start, end: Math.max(start, this.end()) };
  }
}
