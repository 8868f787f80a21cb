/** Walks a script for the root in the 2019 dialect, which knows literals, operations, and its own functions as statements. */
import type { CallExpr, Expr } from '../../ast/nodes.ts';
import { CONSTANTS_2019 } from '../../builtins/dialect-2019/root.ts';
import type { TypesOf } from '../context.ts';
import { nearName } from '../near.ts';
import { ANY, BOOL, FLOAT, join, literal, NIL, REGEX, type Type, widened } from '../types.ts';
import { called, counted, describe2019, fits, resultOf, rowOf } from './calls.ts';
import type { Findings } from './findings.ts';
import { operationType } from './operate.ts';

const IN_COLLECTIONS = 'things, arrays, properties and variables are in collections';

export class RootInference2019 {
  private readonly findings: Findings;
  private readonly types: TypesOf;

  constructor(findings: Findings, types: TypesOf) {
    this.findings = findings;
    this.types = types;
  }

  statement(expr: Expr): void {
    if (expr.kind === 'CallExpr') this.types.set(expr, this.call(expr));
    else this.operand(expr);
  }

  private operand(expr: Expr): Type {
    const type = this.typeOf(expr);
    this.types.set(expr, type);
    return type;
  }

  private typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'ParenExpr':
        return this.operand(expr.expr);
      case 'NilLiteral':
        return NIL;
      case 'BoolLiteral':
      case 'StringLiteral':
        return literal(expr.value);
      case 'IntLiteral':
        return expr.value === null ? ANY : literal(expr.value);
      case 'FloatLiteral':
        return FLOAT;
      case 'RegexLiteral':
        return REGEX;
      case 'UnaryExpr':
        this.operand(expr.operand);
        return BOOL;
      case 'LogicalExpr':
        return join(widened(this.operand(expr.left)), widened(this.operand(expr.right)));
      case 'TernaryExpr':
        this.operand(expr.test);
        return join(widened(this.operand(expr.then)), widened(this.operand(expr.else)));
      default:
        return this.other(expr);
    }
  }

  private other(expr: Expr): Type {
    switch (expr.kind) {
      case 'BinaryExpr':
      case 'IntDivExpr': {
        const op = expr.kind === 'IntDivExpr' ? '//' : expr.op;
        const [left, right] = [this.operand(expr.left), this.operand(expr.right)];
        const type = operationType(op, left, right);
        if (type !== null) return type;
        this.findings.fails('operand-type', expr, `\`${op}\` does not go with \`${describe2019(left)}\` and \`${describe2019(right)}\``);
        return ANY;
      }
      case 'Name': {
        const value = CONSTANTS_2019.get(expr.name);
        if (value !== undefined) return literal(value);
        const near = nearName(expr.name, CONSTANTS_2019.keys());
        this.findings.fails('unknown-variable', expr, `the root knows no \`${expr.name}\``, { severity: 'error', near });
        return ANY;
      }
      case 'CallExpr': {
        const reason = 'the root knows functions as statements only';
        this.findings.fails('other-scope', expr.callee, `\`${expr.callee.name}\` cannot be a part of something else`, { reason });
        return ANY;
      }
      case 'ErrorExpr':
        return ANY;
      default:
        this.findings.fails('other-scope', expr, 'the root knows literals, operations and functions', { reason: IN_COLLECTIONS });
        return ANY;
    }
  }

  private call({ callee, args }: CallExpr): Type {
    const known = called.get(callee.name);
    const types = args.map((arg) => this.operand(arg));
    if (known === undefined) {
      const names = [...called.values()].filter(({ isOfRoot }) => isOfRoot).map(({ name }) => name);
      const near = nearName(callee.name, names);
      this.findings.fails('unknown-function', callee, `the root has no function \`${callee.name}\``, { near });
      return ANY;
    }
    if (!known.isOfRoot) {
      this.findings.fails('other-scope', callee, `the root has no function \`${known.name}\``, { reason: 'it belongs to collections' });
      return ANY;
    }
    if (!counted(this.findings, known, args.length, callee)) return ANY;
    const row = rowOf(known, args.length, false);
    for (const [i, type] of types.entries()) fits(this.findings, row, i, type, args[i] as Expr);
    return resultOf(row);
  }
}
