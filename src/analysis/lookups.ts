/** Names that the schema must have. */
import type { Node } from '../ast/nodes.ts';
import type { More } from './context.ts';
import type { Inference } from './infer.ts';
import { nearName } from './near.ts';

/** Tells when there is no type (or, with `orEnum`, enumerator) of that name. */
export function typeNamed(inf: Inference, name: string, at: Node, orEnum: boolean): void {
  const { cx } = inf;
  const { types, enums, complete } = cx.schema;
  if (!complete || types.get(name) !== undefined || (orEnum && enums.get(name) !== undefined)) return;
  const what = orEnum ? 'type or enumerator' : 'type';
  const others = orEnum ? [...types.keys(), ...enums.keys()] : types.keys();
  cx.fails('unknown-type', at, `there is no ${what} \`${name}\``, nearLiteral(at, nearName(name, others)));
}

export function enumNamed(inf: Inference, name: string, at: Node): void {
  const { cx } = inf;
  if (!cx.schema.complete) return;
  cx.fails('unknown-type', at, `there is no enumerator \`${name}\``, { near: nearName(name, cx.schema.enums.keys()) });
}

/** A call of a procedure. */
export function procedureNamed(inf: Inference, name: string, at: Node): void {
  const { cx } = inf;
  const procedure = cx.schema.procedures.get(name);
  if (procedure !== undefined) inf.calledWithEffects(procedure, at);
  if (procedure !== undefined || cx.scope === 'thingsdb') return;
  const near = nearName(name, cx.schema.procedures.keys());
  // Without a schema, there may be others than those of the script.
  if (!cx.schema.complete && near === null) return;
  const severity = cx.schema.complete ? 'error' : 'warning';
  cx.fails('unknown-procedure', at, `there is no procedure \`${name}\``, { ...nearLiteral(at, near), severity });
}

/** The fix of a name in quotes keeps those. */
function nearLiteral(at: Node, near: string | null): More {
  if (near === null || at.kind !== 'StringLiteral') return { near };
  const quote = at.raw.charAt(0);
  const edit = { start: at.start, end: at.end, text: `${quote}${near}${quote}` };
  return { reason: `did you mean \`${near}\`?`, fix: { title: `replace it by \`${near}\``, edits: [edit], safe: false } };
}
