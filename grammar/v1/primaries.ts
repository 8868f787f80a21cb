/** The part of the grammar that says what a chain may start with: literals, names, calls and brackets. */
import type { IToken } from 'chevrotain';
import type * as ast from '../../src/ast/nodes.ts';
import type { Rule } from './engine.ts';
import { numberNode, regexNode, stringNode, templateTextNode } from './literals.ts';
import { GrammarState } from './state.ts';
import * as t from './tokens.ts';
import { endOf } from './tokens.ts';

export abstract class Primaries extends GrammarState {
  abstract readonly statement: Rule<ast.Expr>;
  abstract readonly closure: Rule<ast.ClosureLiteral>;

  readonly args: Rule<ast.Expr[]> = this.rule('args', (): ast.Expr[] => {
    const args: ast.Expr[] = [];
    this.CONSUME(t.LParen);
    this.checkNesting(this.depth);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        if (this.peek(1).tokenType !== t.RParen) args.push(this.SUBRULE(this.statement));
      },
    });
    this.CONSUME(t.RParen);
    return args;
  });

  readonly constant: Rule<ast.NilLiteral | ast.BoolLiteral> = this.rule('constant', (): ast.NilLiteral | ast.BoolLiteral => {
    const word = this.CONSUME(t.Constant);
    const start = word.startOffset;
    const end = endOf(word);
    if (word.tokenType === t.Nil) return { kind: 'NilLiteral', start, end };
    return { kind: 'BoolLiteral', value: word.tokenType === t.True, start, end };
  });

  readonly number: Rule<ast.IntLiteral | ast.FloatLiteral> = this.rule('number', (): ast.IntLiteral | ast.FloatLiteral => {
    const sign = this.OPTION(this.sign) ?? null;
    return numberNode(sign, this.CONSUME(t.Numeric));
  });

  private readonly sign = (): IToken => this.CONSUME(t.Sign);

  readonly string: Rule<ast.StringLiteral> = this.rule('string', (): ast.StringLiteral => stringNode(this.CONSUME(t.StringText)));

  readonly regex: Rule<ast.RegexLiteral> = this.rule('regex', (): ast.RegexLiteral => regexNode(this.CONSUME(t.Regex)));

  readonly template: Rule<ast.TemplateLiteral> = this.rule('template', (): ast.TemplateLiteral => {
    const parts: (ast.TemplateText | ast.Expr)[] = [];
    const { startOffset: start } = this.CONSUME(t.TemplateStart);
    this.MANY(() => {
      this.OR([
        { ALT: () => parts.push(templateTextNode(this.CONSUME(t.TemplateText))) },
        {
          ALT: () => {
            this.CONSUME(t.TemplateOpen);
            parts.push(this.SUBRULE(this.statement));
            this.CONSUME(t.RBrace);
          },
        },
      ]);
    });
    this.CONSUME(t.TemplateEnd);
    return { kind: 'TemplateLiteral', parts, start, end: this.end() };
  });

  readonly call: Rule<ast.CallExpr> = this.rule('call', (): ast.CallExpr => {
    const callee = this.ident(this.CONSUME(t.Identifier));
    const args = this.SUBRULE(this.args);
    return { kind: 'CallExpr', callee, args, start: callee.start, end: this.end() };
  });

  readonly assignment: Rule<ast.AssignExpr> = this.rule('assignment', (): ast.AssignExpr => {
    const target = this.ident(this.CONSUME(t.Identifier));
    const op = this.CONSUME(t.AssignOperator).image as ast.AssignOp;
    const value = this.SUBRULE(this.statement);
    return { kind: 'AssignExpr', target, op, value, start: target.start, end: value.end };
  });

  readonly instance: Rule<ast.InstanceLiteral> = this.rule('instance', (): ast.InstanceLiteral => {
    const type = this.ident(this.CONSUME(t.Identifier));
    const fields = this.SUBRULE(this.fields);
    return { kind: 'InstanceLiteral', type, fields, start: type.start, end: this.end() };
  });

  readonly enumMember: Rule<ast.EnumMember> = this.rule('enumMember', (): ast.EnumMember => {
    const type = this.ident(this.CONSUME(t.Identifier));
    this.CONSUME(t.LBrace);
    const member = this.OR([
      { ALT: (): ast.Ident | ast.ClosureLiteral => this.ident(this.CONSUME1(t.Identifier)) },
      { ALT: () => this.SUBRULE(this.closure) },
    ]);
    this.CONSUME(t.RBrace);
    return { kind: 'EnumMember', type, member, start: type.start, end: this.end() };
  });

  readonly variable: Rule<ast.Name> = this.rule('variable', (): ast.Name => {
    const { name, start, end } = this.ident(this.CONSUME(t.Identifier));
    return { kind: 'Name', name, start, end };
  });

  readonly thing: Rule<ast.ThingLiteral> = this.rule('thing', (): ast.ThingLiteral => {
    const start = this.peek(1).startOffset;
    const fields = this.SUBRULE(this.fields);
    return { kind: 'ThingLiteral', fields, start, end: this.end() };
  });

  readonly anonymousType: Rule<ast.AnoLiteral> = this.rule('anonymousType', (): ast.AnoLiteral => {
    const { startOffset: start } = this.CONSUME(t.Amp);
    const fields = this.SUBRULE(this.fields);
    return { kind: 'AnoLiteral', fields, start, end: this.end() };
  });

  /** `{name: value, ...}`: the fields of a thing, an instance or an anonymous type. */
  readonly fields: Rule<ast.Field[]> = this.rule('fields', (): ast.Field[] => {
    const fields: ast.Field[] = [];
    this.CONSUME(t.LBrace);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        if (this.peek(1).tokenType === t.RBrace) return;
        const name = this.ident(this.CONSUME(t.Identifier));
        this.CONSUME(t.Colon);
        const value = this.OPTION(() => this.SUBRULE(this.statement)) ?? null;
        fields.push({ kind: 'Field', name, value, start: name.start, end: this.end() });
      },
    });
    this.CONSUME(t.RBrace);
    return fields;
  });

  readonly array: Rule<ast.ArrayLiteral> = this.rule('array', (): ast.ArrayLiteral => {
    const items: ast.Expr[] = [];
    const { startOffset: start } = this.CONSUME(t.LBracket);
    this.checkNesting(this.depth);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        if (this.peek(1).tokenType !== t.RBracket) items.push(this.SUBRULE(this.statement));
      },
    });
    this.CONSUME(t.RBracket);
    return { kind: 'ArrayLiteral', items, start, end: this.end() };
  });

  readonly parenthesis: Rule<ast.ParenExpr> = this.rule('parenthesis', (): ast.ParenExpr => {
    const { startOffset: start } = this.CONSUME(t.LParen);
    const expr = this.SUBRULE(this.statement);
    this.CONSUME(t.RParen);
    return { kind: 'ParenExpr', expr, start, end: this.end() };
  });
}
