/** Literals of types and enumerators: `Name{...}`, `Name{MEMBER}` and `&{...}`. */
import type { AnoLiteral, EnumMember, InstanceLiteral } from '../ast/nodes.ts';
import { Kind } from '../builtins/row.ts';
import { checkField, unknownField } from './chain.ts';
import { checkFields } from './define.ts';
import type { Inference } from './infer.ts';
import { enumNamed, typeNamed } from './lookups.ts';
import { nearName } from './near.ts';
import { ANY, instanceOf, memberOf, ofMask, type Type } from './types.ts';

export function inferInstance(inf: Inference, expr: InstanceLiteral): Type {
  const { cx } = inf;
  const name = expr.type.name;
  const model = cx.schema.types.get(name);
  const type = model === undefined ? ofMask(Kind.thing) : instanceOf(name);
  if (model === undefined) typeNamed(inf, name, expr.type, false);
  for (const field of expr.fields) {
    const value = field.value === null ? inf.variable(field.name.name, field.name, false) : inf.expr(field.value);
    if (model === undefined) continue;
    if (!model.fields.has(field.name.name)) {
      if (model.closed) unknownField(inf, model, field.name, model.fields.keys(), '; it is left out');
    } else checkField(inf, type, field.name.name, value, field.value ?? field.name);
  }
  return type;
}

export function inferMember(inf: Inference, expr: EnumMember): Type {
  const { cx } = inf;
  const name = expr.type.name;
  const model = cx.schema.enums.get(name);
  if (expr.member.kind === 'ClosureLiteral') inf.closure(expr.member, []);
  if (model === undefined) {
    // `Name{x}` may also be meant as an instance of a type, but is none.
    enumNamed(inf, name, expr.type);
    return ANY;
  }
  const { member } = expr;
  if (member.kind === 'Ident' && model.closed && !model.members.has(member.name)) {
    cx.fails('unknown-member', member, `the enumerator \`${name}\` has no member \`${member.name}\``, {
      near: nearName(member.name, model.members.keys()),
    });
  }
  return memberOf(name);
}

export function inferAnonymous(inf: Inference, expr: AnoLiteral): Type {
  for (const field of expr.fields) {
    if (field.value === null) inf.variable(field.name.name, field.name, false);
    else inf.expr(field.value);
  }
  checkFields(inf, '<anonymous>', expr.fields, false);
  return ofMask(Kind.ano);
}
