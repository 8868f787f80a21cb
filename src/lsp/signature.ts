/** The parameters of the call that is being written. */
import type { Position, SignatureHelp } from 'vscode-languageserver';
import { type AnalyzeOptions, analyze, type Probe } from '../analysis/analyze.ts';
import { before, type CallAt, callAt } from '../analysis/places.ts';
import { library } from '../builtins/library.ts';
import type { Row } from '../builtins/row.ts';
import { type Document, fromBytes } from './document.ts';
import { rowsOf } from './hover.ts';
import { typedSignature } from './words.ts';

/** How something is called. */
export interface Signature {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: { readonly label: string }[];
}

const PROBE = 'zzProbe0zz';

/** What is known of a text in which the place is asked. */
type Asked = Omit<Probe, 'from' | 'names'>;

function ofRow(row: Row): Signature {
  return {
    label: typedSignature(row),
    documentation: row.doc,
    parameters: row.params.map((p) => ({ label: `${p.rest ? '...' : ''}${p.name}${p.optional ? '?' : ''}: ${p.type}` })),
  };
}

function ofParams(name: string, params: readonly string[], doc: string): Signature {
  const names = params.map(fromBytes);
  return { label: `${fromBytes(name)}(${names.join(', ')})`, documentation: fromBytes(doc), parameters: names.map((label) => ({ label })) };
}

function signaturesOf({ schema, types }: Asked, { call, chain }: CallAt): Signature[] {
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

/** What a call may be, and which argument is being written. */
export interface CallHelp {
  readonly signatures: Signature[];
  readonly index: number;
}

/** Of the call around a byte offset; null outside of calls. */
function helpAt(probe: Asked, offset: number): CallHelp | null {
  const found = callAt(probe.script, offset, probe.source);
  const signatures = found === null ? [] : signaturesOf(probe, found);
  return found === null || signatures.length === 0 ? null : { signatures, index: found.index };
}

/** Of the call around a byte offset of a text that stands alone; null outside of calls. */
export function signaturesIn(source: string, offset: number, options: AnalyzeOptions): CallHelp | null {
  return helpAt(analyze(source.slice(0, offset) + PROBE + source.slice(offset), options), offset);
}

export function signatureHelp(document: Document, position: Position): SignatureHelp | null {
  const offset = document.offsetAt(position);
  const found = helpAt(document.probe(offset, PROBE), offset);
  if (found === null) return null;
  const { signatures, index } = found;
  const params = signatures[0]?.parameters.length ?? 0;
  const isRest = signatures[0]?.parameters.at(-1)?.label.startsWith('...') === true;
  return { signatures, activeSignature: 0, activeParameter: isRest ? Math.min(index, params - 1) : index };
}
