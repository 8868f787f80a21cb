/** Definitions of types that stand in the text. */
import type { CallExpr, Expr, Field } from '../ast/nodes.ts';
import { TiError } from '../errors.ts';
import type { Inference } from './infer.ts';
import { Schema } from './schema.ts';
import { nameArgument } from './schema-script.ts';

/** Anonymous types know the types of the language only. */
const NOTHING = new Schema(true);

/** Tells what is wrong in the definitions that a call gives. */
export function checkDefinition(inf: Inference, call: CallExpr): void {
  const name = nameArgument(call);
  if (name === null) return;
  const [, second, third, fourth] = call.args;
  switch (call.callee.name) {
    case 'set_type':
      if (second?.kind === 'ThingLiteral') checkFields(inf, name, second.fields, true);
      break;
    case 'mod_type': {
      const action = nameArgument(call, 1);
      if ((action !== 'add' && action !== 'mod') || third?.kind !== 'StringLiteral' || fourth === undefined) return;
      if (fourth.kind === 'StringLiteral' && fourth.value === '#') return;
      checkOne(inf, name, third.value, fourth, true);
      break;
    }
  }
}

/** Tells what is wrong in the fields of a type; `named`: it may name types and enumerators. */
export function checkFields(inf: Inference, type: string, fields: readonly Field[], named: boolean): void {
  let id: string | null = null;
  for (const { name, value } of fields) {
    if (value?.kind === 'StringLiteral' && value.value === '#') {
      if (id !== null) inf.cx.fails('invalid-definition', value, `the id of \`${type}\` is named already, as \`${id}\``);
      id = name.name;
    } else if (value !== null) checkOne(inf, type, name.name, value, named);
  }
}

function checkOne(inf: Inference, type: string, field: string, value: Expr, named: boolean): void {
  const { cx } = inf;
  if (value.kind !== 'StringLiteral') return;
  try {
    (named ? cx.schema : NOTHING).rule(`the definition of \`${field}\` of \`${type}\``, value.value);
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    if (named && !cx.schema.complete && /^\W*[A-Za-z_]\w*\{\w*\}/.test(value.value)) return;
    cx.fails('invalid-definition', value, error.message.replace(/; see https?:\S+$/, ''));
  }
}
