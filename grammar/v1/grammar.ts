/**
 * The grammar of the language; what a chain may start with is in `primaries.ts`. Each rule builds its node of the syntax tree; `docs/grammar/v1.ebnf` is written from these rules.
 *
 * A few things to know before reading:
 * - A statement is a run of operands and binary operators, and every nested part (an argument, an item, a branch) is a statement again. What ends
 *   with a statement (closures, branches, loops, `return`, assignments) therefore takes everything to its right.
 * - Lists (`MANY_SEP`) may end with a separator: their items look for the closing bracket first.
 * - Only a primary starts a chain: nothing but a binary operator can follow a block, closure, branch or loop.
 * - Rules that hold one another at every level of nesting are kept few and short: each costs stack.
 * - Chevrotain runs every rule once without input, to learn the grammar, and gives it empty values then.
 */
import { EOF } from 'chevrotain';
import type * as ast from '../../src/ast/nodes.ts';
import { adjacent, chooseLink, chooseOperand, choosePrimary, chooseUnaryOperand, startsOperand, startsPrefix } from './choose.ts';
import type { EngineOptions, Rule } from './engine.ts';
import { Primaries } from './primaries.ts';
import * as t from './tokens.ts';
import { endOf } from './tokens.ts';

export abstract class Grammar extends Primaries {
  constructor(options: EngineOptions) {
    super(options);
    // Any text but an empty one is tried, for the better error.
    this.lookAt('script Option 0', (ahead) => ahead.peek(1).tokenType !== EOF);
    this.lookAt('conditional Option 0', startsOperand);
    this.lookAt('returning Option 0', startsOperand);
    this.lookAt('unary Repetition 1', startsPrefix);
    this.performSelfAnalysis();
  }

  readonly script: Rule<ast.Expr[]> = this.rule(
    'script',
    (): ast.Expr[] => {
      const body = this.statements;
      this.OPTION(() => {
        body.push(this.SUBRULE(this.statement));
        this.MANY(() => {
          this.separators.push(this.CONSUME(t.Semicolon).startOffset);
          this.MANY1(() => this.CONSUME1(t.Semicolon));
          this.OPTION1(() => body.push(this.SUBRULE1(this.statement)));
        });
      });
      this.CONSUME(EOF);
      return body;
    },
    () => this.statements,
  );

  readonly statement: Rule<ast.Expr> = this.rule(
    'statement',
    (): ast.Expr => {
      const { run, depth, height, level, looping } = this;
      const { size } = run;
      this.checkNesting(depth);
      this.depth = depth + 1;
      this.height = 0;
      this.level = run.level;
      try {
        run.operand(this.SUBRULE(this.operand));
        this.MANY(this.operation);
        this.OPTION(this.ternary);
        const highest = this.height + this.depth - depth;
        this.height = height;
        this.raiseTo(highest);
        return run.finish(this.level);
      } finally {
        // Also after an error that is recovered from further up.
        run.cut(this.level, size);
        this.depth = depth;
        this.level = level;
        this.looping = looping;
      }
    },
    (error) => this.broken(error),
  );

  private readonly operation = (): void => {
    const token = this.CONSUME(t.BinaryOperator);
    let op = token.image;
    const next = this.peek(1);
    if (token.tokenType === t.Bar && next.tokenType === t.Bar && adjacent(token, next)) {
      this.CONSUME(t.Bar);
      op = '||';
    }
    this.checkNesting(this.depth);
    this.depth++;
    this.run.operator(op, this.level);
    this.run.operand(this.SUBRULE1(this.operand));
  };

  private readonly ternary = (): void => {
    const test = this.run.finish(this.level);
    this.CONSUME(t.Question);
    const then = this.SUBRULE(this.statement);
    this.CONSUME(t.Colon);
    const otherwise = this.SUBRULE1(this.statement);
    this.run.operand({ kind: 'TernaryExpr', test, then, else: otherwise, start: test.start, end: otherwise.end });
  };

  readonly operand: Rule<ast.Expr> = this.choice<ast.Expr>('operand', chooseOperand, () => [
    this.conditional,
    this.loop,
    this.returning,
    this.jump,
    this.closure,
    this.block,
    this.unary,
    this.rootChain,
    this.chain,
  ]);

  /** Without a branch, `if (...)` is the call of a function of that name. */
  readonly conditional: Rule<ast.IfExpr | ast.CallExpr> = this.rule('conditional', (): ast.IfExpr | ast.CallExpr => {
    const word = this.CONSUME(t.If);
    this.CONSUME(t.LParen);
    const test = this.SUBRULE(this.statement);
    this.CONSUME(t.RParen);
    const then = this.OPTION(() => this.SUBRULE1(this.statement));
    const otherwise = this.OPTION1(() => {
      this.CONSUME(t.Else);
      return this.SUBRULE2(this.statement);
    });
    const start = word.startOffset;
    const end = this.end();
    if (then === undefined) return { kind: 'CallExpr', callee: this.ident(word), args: [test], start, end };
    return { kind: 'IfExpr', test, then, else: otherwise ?? null, start, end };
  });

  readonly loop: Rule<ast.ForExpr> = this.rule('loop', (): ast.ForExpr => {
    const vars: ast.Ident[] = [];
    const word = this.CONSUME(t.For);
    this.CONSUME(t.LParen);
    vars.push(this.ident(this.CONSUME(t.Identifier)));
    this.MANY(() => {
      this.CONSUME(t.Comma);
      vars.push(this.ident(this.CONSUME1(t.Identifier)));
    });
    this.CONSUME(t.In);
    const iterable = this.SUBRULE(this.statement);
    this.CONSUME(t.RParen);
    const { looping } = this;
    this.looping = true;
    const body = this.SUBRULE1(this.statement);
    this.looping = looping;
    return { kind: 'ForExpr', vars, iterable, body, start: word.startOffset, end: body.end };
  });

  readonly returning: Rule<ast.ReturnExpr> = this.rule('returning', (): ast.ReturnExpr => {
    const values: ast.Expr[] = [];
    const word = this.CONSUME(t.Return);
    this.OPTION(() => {
      values.push(this.SUBRULE(this.statement));
      this.OPTION1(() => {
        this.CONSUME(t.Comma);
        values.push(this.SUBRULE1(this.statement));
        this.OPTION2(() => {
          this.CONSUME1(t.Comma);
          values.push(this.SUBRULE2(this.statement));
        });
      });
    });
    const [value = null, deep = null, flags = null] = values;
    return { kind: 'ReturnExpr', value, deep, flags, start: word.startOffset, end: this.end() };
  });

  readonly jump: Rule<ast.BreakExpr | ast.ContinueExpr> = this.rule('jump', (): ast.BreakExpr | ast.ContinueExpr => {
    const word = this.CONSUME(t.Jump);
    if (!this.looping) this.complain(word, `\`${word.image}\` stands outside of the body of a \`for\``);
    const kind = word.tokenType === t.Break ? 'BreakExpr' : 'ContinueExpr';
    return { kind, start: word.startOffset, end: endOf(word) };
  });

  readonly closure: Rule<ast.ClosureLiteral> = this.rule('closure', (): ast.ClosureLiteral => {
    const params: ast.Ident[] = [];
    const bar = this.CONSUME(t.Bar);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        if (this.peek(1).tokenType !== t.Bar) params.push(this.ident(this.CONSUME(t.Identifier)));
      },
    });
    this.CONSUME1(t.Bar);
    const { looping } = this;
    this.looping = false;
    const body = this.SUBRULE(this.statement);
    this.looping = looping;
    return { kind: 'ClosureLiteral', params, body, start: bar.startOffset, end: body.end };
  });

  readonly block: Rule<ast.BlockExpr> = this.rule('block', (): ast.BlockExpr => {
    const body: ast.Expr[] = [];
    const brace = this.CONSUME(t.LBrace);
    body.push(this.SUBRULE(this.statement));
    this.MANY(() => {
      this.CONSUME(t.Semicolon);
      this.MANY1(() => this.CONSUME1(t.Semicolon));
      this.OPTION(() => body.push(this.SUBRULE1(this.statement)));
    });
    this.CONSUME(t.RBrace);
    return { kind: 'BlockExpr', body, start: brace.startOffset, end: this.end() };
  });

  readonly unary: Rule<ast.UnaryExpr> = this.rule('unary', (): ast.UnaryExpr => {
    const ops: ast.PrefixOp[] = [];
    const start = this.peek(1).startOffset;
    this.MANY(() => {
      this.CONSUME(t.Tilde);
      ops.push('~');
    });
    this.MANY1(() => {
      ops.push(this.CONSUME(t.PrefixOperator).image as ast.PrefixOp);
    });
    const operand = this.SUBRULE(this.unaryOperand);
    return { kind: 'UnaryExpr', ops, operand, start, end: operand.end };
  });

  readonly unaryOperand: Rule<ast.Expr> = this.choice<ast.Expr>('unaryOperand', chooseUnaryOperand, () => [this.rootChain, this.chain]);

  /** A chain that starts at the root of the collection: `.a.b`. */
  readonly rootChain: Rule<ast.ChainExpr> = this.rule('rootChain', (): ast.ChainExpr => {
    const links: ast.Link[] = [];
    const start = this.peek(1).startOffset;
    links.push(this.SUBRULE(this.link));
    this.MANY(() => {
      links.push(this.SUBRULE1(this.link));
    });
    return { kind: 'ChainExpr', base: null, links, start, end: this.end() };
  });

  /** A primary and what is chained to it: `a.b[0].c()`. */
  readonly chain: Rule<ast.Expr> = this.rule('chain', (): ast.Expr => {
    const links: ast.Link[] = [];
    const base = this.SUBRULE(this.primary);
    this.MANY(() => {
      links.push(this.SUBRULE(this.link));
    });
    return links.length === 0 ? base : { kind: 'ChainExpr', base, links, start: base.start, end: this.end() };
  });

  readonly link: Rule<ast.Link> = this.choice<ast.Link>('link', chooseLink, () => [this.method, this.property, this.index]);

  readonly method: Rule<ast.MethodLink> = this.rule('method', (): ast.MethodLink => {
    const dot = this.CONSUME(t.Access);
    const name = this.ident(this.CONSUME(t.Identifier));
    const args = this.SUBRULE(this.args);
    return { kind: 'MethodLink', optional: dot.tokenType === t.DotDot, name, args, start: dot.startOffset, end: this.end() };
  });

  readonly property: Rule<ast.PropertyLink> = this.rule('property', (): ast.PropertyLink => {
    const dot = this.CONSUME(t.Access);
    const name = this.ident(this.CONSUME(t.Identifier));
    const assign = this.OPTION(this.assign) ?? null;
    return { kind: 'PropertyLink', optional: dot.tokenType === t.DotDot, name, assign, start: dot.startOffset, end: this.end() };
  });

  private readonly assign = (): { readonly op: ast.AssignOp; readonly value: ast.Expr } => {
    const op = this.CONSUME(t.AssignOperator).image as ast.AssignOp;
    return { op, value: this.SUBRULE(this.statement) };
  };

  /** `[i]` and all forms of `[from:to:step]`. */
  readonly index: Rule<ast.IndexLink | ast.SliceLink> = this.rule('index', (): ast.IndexLink | ast.SliceLink => {
    let colons = 0;
    const { startOffset: start } = this.CONSUME(t.LBracket);
    const from = this.OPTION(() => this.SUBRULE1(this.statement));
    const rest = this.OPTION1(() => {
      this.CONSUME(t.Colon);
      colons = 1;
      const to = this.OPTION2(() => this.SUBRULE2(this.statement));
      const step = this.OPTION3(() => {
        this.CONSUME1(t.Colon);
        colons = 2;
        return this.OPTION4(() => this.SUBRULE3(this.statement));
      });
      return { to, step };
    });
    this.CONSUME(t.RBracket);
    const assign = this.OPTION5(this.assign) ?? null;
    const end = this.end();
    if (colons === 0 && from !== undefined) return { kind: 'IndexLink', index: from, assign, start, end };
    const to = rest?.to ?? null;
    const step = rest?.step ?? null;
    return { kind: 'SliceLink', colons: colons as 0 | 1 | 2, from: from ?? null, to, step, assign, start, end };
  });

  readonly primary: Rule<ast.Expr> = this.choice<ast.Expr>('primary', choosePrimary, () => [
    this.constant,
    this.number,
    this.string,
    this.regex,
    this.template,
    this.call,
    this.assignment,
    this.instance,
    this.enumMember,
    this.variable,
    this.thing,
    this.anonymousType,
    this.array,
    this.parenthesis,
  ]);
}
