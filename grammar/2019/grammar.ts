/**
 * The grammar of the 2019 dialect. Each rule builds its node of the syntax tree; `docs/grammar/2019.ebnf` is written from these rules.
 *
 * A few things to know before reading:
 * - Operators stand between parentheses only, and the ternary directly behind them.
 * - A bare name is a property of the collection's root, or an argument of an arrow function around it: which one, the compiler tells.
 * - An assignment and an arrow function take everything to their right.
 * - A comma behind the last item of a list is allowed; behind the last argument it means something.
 * - Chevrotain runs every rule once without input, to learn the grammar, and gives it empty values then.
 */
import { EmbeddedActionsParser, EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken } from 'chevrotain';
import type * as ast from '../../src/ast/nodes.ts';
import { regexNode, stringNode } from '../v1/literals.ts';
import { OperatorStack } from '../v1/run.ts';
import { numberValue } from './literals.ts';
import * as t from './tokens.ts';

/** Expressions within expressions. Chevrotain's engine puts a dozen frames on the stack for each. */
export const MAX_NESTING = 150;
/** Operators of one operation: a tree leans on them as deep as they are many. */
const MAX_OPERATORS = 500;
const MAX_NAME = 255;

type Rule<T> = () => T;

export abstract class Grammar extends EmbeddedActionsParser {
  private readonly run = new OperatorStack();
  private depth = 0;

  constructor(recover: boolean, messages: IParserErrorMessageProvider) {
    super(t.vocabulary, { maxLookahead: 2, recoveryEnabled: recover, errorMessageProvider: messages, skipValidations: true });
    this.performSelfAnalysis();
  }

  /** Takes note of an error in what was just parsed, or throws it. */
  protected abstract report(token: IToken, problem: string): void;
  /** Ends the parse. */
  protected abstract abort(token: IToken, problem: string): never;
  /** The statements so far, for a parse that ends early. */
  protected readonly statements: ast.Expr[] = [];
  /** Offsets of the semicolons between them. */
  protected readonly separators: number[] = [];

  protected restart(): void {
    this.run.cut(0, 0);
    this.depth = 0;
    this.statements.length = 0;
    this.separators.length = 0;
  }

  private end(): number {
    const last = this.LA(0);
    // Before the first token there is none.
    return Number.isNaN(last.startOffset) ? 0 : last.startOffset + last.image.length;
  }

  private ident(token: IToken): ast.Ident {
    const { image: name, startOffset: start } = token;
    if (name.length > MAX_NAME && !this.RECORDING_PHASE) {
      this.report(token, `a name of ${name.length} characters, where ${MAX_NAME} are allowed`);
    }
    return { kind: 'Ident', name, start, end: start + name.length };
  }

  /** Defines a rule. Errors in it are recovered from in the nearest rule around it that has a `recover`. */
  private rule<T>(name: string, body: () => T, recover?: (error: IRecognitionException) => T): Rule<T> {
    const config = recover === undefined ? { resyncEnabled: false } : { resyncEnabled: true, recoveryValueFunc: recover };
    return this.RULE(name, body, config as { resyncEnabled: boolean });
  }

  readonly script: Rule<ast.Expr[]> = this.rule(
    'script',
    (): ast.Expr[] => {
      const body = this.statements;
      this.OPTION(() => {
        body.push(this.SUBRULE(this.expression));
        this.MANY(() => {
          this.separator(this.CONSUME(t.Semicolon));
          this.OPTION1(() => body.push(this.SUBRULE1(this.expression)));
        });
      });
      this.CONSUME(EOF);
      return body;
    },
    () => this.statements,
  );

  /** A semicolon between statements; another one right behind it has nothing to separate. */
  private separator({ startOffset }: IToken): void {
    // One that the text lacks has no place.
    if (!Number.isNaN(startOffset)) this.separators.push(startOffset);
    const next = this.LA(1);
    if (next.tokenType === t.Semicolon && !this.RECORDING_PHASE) this.report(next, this.misplaced(next));
  }

  /** Where a statement could stand, something else does. */
  protected abstract misplaced(token: IToken): string;

  readonly expression: Rule<ast.Expr> = this.rule(
    'expression',
    (): ast.Expr => {
      const { depth } = this;
      if (depth > MAX_NESTING) this.abort(this.LA(1), `more than ${MAX_NESTING} levels of nesting`);
      this.depth = depth + 1;
      try {
        const bangs: IToken[] = [];
        this.MANY(() => bangs.push(this.CONSUME(t.Bang)));
        const operand = this.SUBRULE(this.chain);
        if (bangs.length === 0) return operand;
        return {
          kind: 'UnaryExpr',
          ops: bangs.map(() => '!' as const),
          operand,
          start: (bangs[0] as IToken).startOffset,
          end: operand.end,
        };
      } finally {
        this.depth = depth;
      }
    },
    (error) => ({ kind: 'ErrorExpr', start: error.token.startOffset, end: Math.max(error.token.startOffset, this.end()) }),
  );

  /** A primary, indexes, and what is chained to them. */
  private readonly chain: Rule<ast.Expr> = this.rule('chain', (): ast.Expr => {
    const links: ast.Link[] = [];
    const base = this.SUBRULE(this.primary);
    this.MANY(() => {
      this.OR([{ ALT: () => links.push(this.SUBRULE(this.index)) }, { ALT: () => links.push(this.SUBRULE(this.link)) }]);
    });
    return links.length === 0 ? base : { kind: 'ChainExpr', base, links, start: base.start, end: this.end() };
  });

  private readonly index: Rule<ast.IndexLink> = this.rule('index', (): ast.IndexLink => {
    const { startOffset: start } = this.CONSUME(t.LBracket);
    const token = this.CONSUME(t.Int);
    const index = this.number(token);
    this.CONSUME(t.RBracket);
    return { kind: 'IndexLink', index, assign: null, start, end: this.end() };
  });

  private readonly link: Rule<ast.Link> = this.rule('link', (): ast.Link => {
    const { startOffset: start } = this.CONSUME(t.Dot);
    const name = this.ident(this.CONSUME(t.Identifier));
    const alternatives: { ALT: () => ast.Link }[] = [
      {
        ALT: () => {
          const { args, trailing } = this.SUBRULE(this.args);
          return { kind: 'MethodLink', optional: false, name, args, trailing, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          const op = this.CONSUME(t.AssignOperator).image as ast.AssignOp;
          const value = this.SUBRULE(this.expression);
          return { kind: 'PropertyLink', optional: false, name, assign: { op, value }, start, end: this.end() };
        },
      },
      { ALT: () => ({ kind: 'PropertyLink', optional: false, name, assign: null, start, end: name.end }) },
    ];
    return this.OR(alternatives) as ast.Link;
  });

  private readonly args = this.rule('args', (): { args: ast.Expr[]; trailing: boolean } => {
    const args: ast.Expr[] = [];
    let trailing = false;
    this.CONSUME(t.LParen);
    this.OPTION(() => {
      args.push(this.SUBRULE(this.expression));
      this.MANY({
        GATE: () => this.LA(2).tokenType !== t.RParen,
        DEF: () => {
          this.CONSUME(t.Comma);
          args.push(this.SUBRULE1(this.expression));
        },
      });
      this.OPTION1(() => {
        this.CONSUME1(t.Comma);
        trailing = true;
      });
    });
    this.CONSUME(t.RParen);
    return { args, trailing };
  });

  private readonly primary: Rule<ast.Expr> = this.rule('primary', (): ast.Expr => this.OR(this.primaries) as ast.Expr);

  /** Made once: there is a primary in all that is written. */
  private readonly primaries: { DEF: { GATE?: () => boolean; ALT: () => ast.Expr }[]; IGNORE_AMBIGUITIES: true } = {
    DEF: [
      { ALT: () => this.SUBRULE(this.constant) },
      { ALT: () => this.number(this.CONSUME(t.Int)) },
      { ALT: () => this.number(this.CONSUME(t.Float)) },
      { ALT: () => stringNode(this.CONSUME(t.StringText)) },
      { ALT: () => regexNode(this.CONSUME(t.Regex)) },
      { GATE: () => this.LA(2).tokenType === t.LParen, ALT: () => this.SUBRULE(this.call) },
      { GATE: () => this.assigns(), ALT: () => this.SUBRULE(this.assignment) },
      { GATE: () => this.opensArrow(), ALT: () => this.SUBRULE(this.arrow) },
      { ALT: () => this.SUBRULE(this.name) },
      { ALT: () => this.SUBRULE(this.temp) },
      { ALT: () => this.SUBRULE(this.thing) },
      { ALT: () => this.SUBRULE(this.array) },
      { ALT: () => this.SUBRULE(this.operation) },
    ],
    IGNORE_AMBIGUITIES: true,
  };

  private assigns(): boolean {
    return this.LA(2).tokenType.CATEGORIES?.includes(t.AssignOperator) === true;
  }

  /** Whether names with commas between them and an arrow behind them are ahead. */
  private opensArrow(): boolean {
    for (let k = 2; ; k += 2) {
      const { tokenType } = this.LA(k);
      if (tokenType === t.Arrow) return true;
      if (tokenType !== t.Comma || this.LA(k + 1).tokenType !== t.Name) return false;
    }
  }

  private readonly constant: Rule<ast.NilLiteral | ast.BoolLiteral> = this.rule('constant', (): ast.NilLiteral | ast.BoolLiteral => {
    const word = this.CONSUME(t.Constant);
    const { startOffset: start, image } = word;
    const end = start + image.length;
    if (word.tokenType === t.Nil) return { kind: 'NilLiteral', start, end };
    return { kind: 'BoolLiteral', value: word.tokenType === t.True, start, end };
  });

  private number(token: IToken): ast.IntLiteral | ast.FloatLiteral {
    const { image: raw, startOffset: start } = token;
    const end = start + raw.length;
    if (token.tokenType === t.Float) return { kind: 'FloatLiteral', raw, value: numberValue(raw), start, end };
    if (this.RECORDING_PHASE) return { kind: 'IntLiteral', raw, value: 0, start, end };
    const value = this.intOf(token);
    return { kind: 'IntLiteral', raw, value, start, end };
  }

  /** Throws, or reports, an int beyond 64 bit: it is an error before anything runs. */
  protected abstract intOf(token: IToken): number | bigint | null;

  private readonly call: Rule<ast.CallExpr> = this.rule('call', (): ast.CallExpr => {
    const callee = this.ident(this.CONSUME(t.Name));
    const { args, trailing } = this.SUBRULE(this.args);
    return { kind: 'CallExpr', callee, args, trailing, start: callee.start, end: this.end() };
  });

  private readonly assignment: Rule<ast.AssignExpr> = this.rule('assignment', (): ast.AssignExpr => {
    const target = this.ident(this.CONSUME(t.Name));
    const op = this.CONSUME(t.AssignOperator).image as ast.AssignOp;
    const value = this.SUBRULE(this.expression);
    return { kind: 'AssignExpr', target, op, value, start: target.start, end: value.end };
  });

  private readonly arrow: Rule<ast.ArrowLiteral> = this.rule('arrow', (): ast.ArrowLiteral => {
    const params = [this.ident(this.CONSUME(t.Name))];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      params.push(this.ident(this.CONSUME1(t.Name)));
    });
    this.CONSUME(t.Arrow);
    const body = this.SUBRULE(this.expression);
    return { kind: 'ArrowLiteral', params, body, start: (params[0] as ast.Ident).start, end: body.end };
  });

  private readonly name: Rule<ast.Name> = this.rule('name', (): ast.Name => {
    const { name, start, end } = this.ident(this.CONSUME(t.Name));
    return { kind: 'Name', name, start, end };
  });

  private readonly temp: Rule<ast.TempName | ast.TempAssign> = this.rule('temp', (): ast.TempName | ast.TempAssign => {
    const token = this.CONSUME(t.Temp);
    const { startOffset: start } = token;
    const end = start + token.image.length;
    const name = token.image.slice(1);
    const assigned = this.OPTION(() => {
      const op = this.CONSUME(t.AssignOperator).image as ast.AssignOp;
      return { op, value: this.SUBRULE(this.expression) };
    });
    if (assigned === undefined) return { kind: 'TempName', name, start, end };
    return { kind: 'TempAssign', target: { kind: 'Ident', name, start, end }, ...assigned, start, end: this.end() };
  });

  private readonly thing: Rule<ast.ThingLiteral> = this.rule('thing', (): ast.ThingLiteral => {
    const fields: ast.Field[] = [];
    const { startOffset: start } = this.CONSUME(t.LBrace);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        this.OPTION(() => {
          const name = this.ident(this.CONSUME(t.Identifier));
          this.CONSUME(t.Colon);
          const value = this.SUBRULE(this.expression);
          fields.push({ kind: 'Field', name, value, start: name.start, end: value.end });
        });
      },
    });
    this.CONSUME(t.RBrace);
    return { kind: 'ThingLiteral', fields, start, end: this.end() };
  });

  private readonly array: Rule<ast.ArrayLiteral> = this.rule('array', (): ast.ArrayLiteral => {
    const items: ast.Expr[] = [];
    const { startOffset: start } = this.CONSUME(t.LBracket);
    this.OPTION(() => {
      items.push(this.SUBRULE(this.expression));
      this.MANY({
        GATE: () => this.LA(2).tokenType !== t.RBracket,
        DEF: () => {
          this.CONSUME(t.Comma);
          items.push(this.SUBRULE1(this.expression));
        },
      });
      this.OPTION1(() => this.CONSUME1(t.Comma));
    });
    this.CONSUME(t.RBracket);
    return { kind: 'ArrayLiteral', items, start, end: this.end() };
  });

  /** `( operand operator operand ... )`, and the branches of a ternary behind it. */
  private readonly operation: Rule<ast.ParenExpr | ast.TernaryExpr> = this.rule('operation', (): ast.ParenExpr | ast.TernaryExpr => {
    const { run } = this;
    const { level, size } = run;
    const { startOffset: start } = this.CONSUME(t.LParen);
    let expr: ast.Expr;
    let count = 0;
    try {
      run.operand(this.SUBRULE(this.expression));
      this.MANY(() => {
        const token = this.CONSUME(t.BinaryOperator);
        if (++count > MAX_OPERATORS) this.abort(token, `more than ${MAX_OPERATORS} operators in one operation`);
        run.operator(token.image, level);
        run.operand(this.SUBRULE1(this.expression));
      });
      expr = run.finish(level);
    } finally {
      run.cut(level, size);
    }
    this.CONSUME(t.RParen);
    const test: ast.ParenExpr = { kind: 'ParenExpr', expr, start, end: this.end() };
    const branches = this.OPTION(() => {
      this.CONSUME(t.Question);
      const then = this.SUBRULE2(this.expression);
      this.CONSUME(t.Colon);
      return { then, otherwise: this.SUBRULE3(this.expression) };
    });
    if (branches === undefined) return test;
    const { then, otherwise } = branches;
    return { kind: 'TernaryExpr', test, then, else: otherwise, start, end: this.end() };
  });
}
