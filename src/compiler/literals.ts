/** What is written out: arrays, things, instances, members of enumerators, templates. */
import type { AnoLiteral, EnumMember, Expr, Field, InstanceLiteral, TemplateLiteral } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import { constantValue } from './fold.ts';
import type { FunctionCompiler } from './function.ts';

/** What comes later may change a list that stands before it: that is taken as it is. */
export function emitArray(fc: FunctionCompiler, items: readonly Expr[]): void {
  const last = items.findLastIndex(mayChange);
  items.forEach((item, i) => {
    fc.expr(item);
    if (i < last && !isScalar(item)) fc.asm.emit(Op.ITEM);
  });
  fc.asm.emit(Op.ARRAY, items.length, undefined, 1 - items.length);
}

function emitFields(fc: FunctionCompiler, fields: readonly Field[]): void {
  const last = fields.findLastIndex((f) => f.value !== null && mayChange(f.value));
  fields.forEach((field, i) => {
    if (field.value === null) fc.loadVariable(field.name.name, field.start);
    else fc.expr(field.value);
    if (i < last && (field.value === null || !isScalar(field.value))) fc.asm.emit(Op.OWN);
  });
}

const keysOf = (fields: readonly Field[]): string[] => fields.map((f) => f.name.name);

export function emitThing(fc: FunctionCompiler, fields: readonly Field[]): void {
  emitFields(fc, fields);
  const keys = keysOf(fields);
  fc.asm.emit(Op.THING, fc.tables.keys(keys), keys.length, 1 - keys.length);
}

export function emitAno(fc: FunctionCompiler, { fields, start }: AnoLiteral): void {
  emitFields(fc, fields);
  fc.asm.mark(start);
  fc.asm.emit(Op.ANO, fc.tables.ownKeys(keysOf(fields)), undefined, 1 - fields.length);
}

export function emitInstance(fc: FunctionCompiler, { type, fields, start }: InstanceLiteral): void {
  const name = fc.tables.name(type.name);
  fc.asm.mark(start);
  fc.asm.emit(Op.TYPE_TEST, name);
  emitFields(fc, fields);
  const keys = keysOf(fields);
  fc.asm.mark(start);
  fc.asm.emit(Op.INSTANCE, name, fc.tables.ownKeys(keys), -keys.length);
}

export function emitEnumMember(fc: FunctionCompiler, { type, member, start }: EnumMember): void {
  const { asm, tables } = fc;
  asm.mark(start);
  if (member.kind === 'Ident') {
    asm.emit(Op.ENUM, tables.name(type.name), tables.name(member.name));
    return;
  }
  asm.emit(Op.CLOSURE, fc.closure(member), asm.newCache());
  asm.emit(Op.CALL, 0, undefined, 0);
  asm.emit(Op.ENUM_BY_NAME, tables.name(type.name));
}

export function emitTemplate(fc: FunctionCompiler, expr: TemplateLiteral): void {
  const parts = expr.parts.filter((part) => part.kind !== 'TemplateText' || part.value !== '');
  for (const part of parts) {
    if (part.kind === 'TemplateText') fc.constant(part.value);
    else fc.expr(part);
  }
  fc.asm.mark(expr.start);
  fc.asm.emit(Op.TEMPLATE, parts.length, undefined, 1 - parts.length);
}

/** Whether an expression certainly gives no list, set or closure. */
function isScalar(expr: Expr): boolean {
  return constantValue(expr) !== undefined || expr.kind === 'TemplateLiteral' || expr.kind === 'UnaryExpr' || expr.kind === 'ThingLiteral';
}

/** Whether evaluating an expression may change a list that was evaluated before it: it calls or assigns. */
function mayChange(expr: Expr): boolean {
  switch (expr.kind) {
    case 'Name':
    case 'ClosureLiteral':
    case 'RegexLiteral':
    case 'EnumMember':
      return false;
    case 'BinaryExpr':
      return mayChange(expr.left) || mayChange(expr.right);
    case 'ArrayLiteral':
      return expr.items.some(mayChange);
    case 'ThingLiteral':
      return expr.fields.some((f) => f.value !== null && mayChange(f.value));
    case 'ParenExpr':
      return mayChange(expr.expr);
    case 'ChainExpr':
      return (
        expr.links.some((link) => link.kind !== 'PropertyLink' || link.assign !== null) || (expr.base !== null && mayChange(expr.base))
      );
    default:
      return constantValue(expr) === undefined;
  }
}
