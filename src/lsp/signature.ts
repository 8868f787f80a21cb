/** The parameters of the call that is being written. */
import type { Position, SignatureHelp, SignatureInformation } from 'vscode-languageserver';
import type { Analysis } from '../analysis/analyze.ts';
import { before, type CallAt, callAt } from '../analysis/places.ts';
import { library } from '../builtins/library.ts';
import type { Row } from '../builtins/row.ts';
import { type Document, fromBytes } from './document.ts';
import { rowsOf } from './hover.ts';
import { typedSignature } from './words.ts';

function ofRow(row: Row): SignatureInformation {
  return {
    label: typedSignature(row),
    documentation: row.doc,
    parameters: row.params.map((p) => ({ label: `${p.rest ? '...' : ''}${p.name}${p.optional ? '?' : ''}: ${p.type}` })),
  };
}

function ofParams(name: string, params: readonly string[], doc: string): SignatureInformation {
  const names = params.map(fromBytes);
  return { label: `${fromBytes(name)}(${names.join(', ')})`, documentation: fromBytes(doc), parameters: names.map((label) => ({ label })) };
}

function signaturesOf({ schema, types }: Analysis, { call, chain }: CallAt): SignatureInformation[] {
  if (call.kind === 'CallExpr') {
    const row = library.functionRow(call.callee.name)?.row;
    if (row !== undefined) return [ofRow(row)];
    const closure = schema.procedures.get(call.callee.name);
    return closure === undefined ? [] : [ofParams(closure.name, closure.params, closure.doc)];
  }
  const base = chain === null ? null : before(chain, call);
  const on = base === null ? undefined : types.get(base);
  const rows = rowsOf(call.name.name, on?.mask);
  if (rows.length > 0) return rows.map(ofRow);
  const model = on === undefined || on.name === null ? undefined : (schema.types.get(on.name) ?? schema.enums.get(on.name));
  const method = model?.methods.get(call.name.name);
  // The first parameter is the thing itself.
  return method === undefined ? [] : [ofParams(method.name, method.params.slice(1), method.doc)];
}

export function signatureHelp(document: Document, position: Position): SignatureHelp | null {
  const offset = document.offsetAt(position);
  const probe = document.with(offset, 'zzProbe0zz');
  const found = callAt(probe.analysis.script, offset, probe.bytes);
  const signatures = found === null ? [] : signaturesOf(probe.analysis, found);
  if (found === null || signatures.length === 0) return null;
  const params = signatures[0]?.parameters?.length ?? 0;
  const isRest = signatures[0]?.parameters?.at(-1)?.label.toString().startsWith('...') === true;
  return { signatures, activeSignature: 0, activeParameter: isRest ? Math.min(found.index, params - 1) : found.index };
}
