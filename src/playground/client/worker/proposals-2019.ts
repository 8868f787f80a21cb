/** What could be written at a place of a text in the 2019 dialect, and what stands there. */
import { analyze2019 } from '../../../analysis/dialect-2019/analyze.ts';
import { type Called, called, THING } from '../../../analysis/dialect-2019/calls.ts';
import { before, pathAt } from '../../../analysis/places.ts';
import type { ChainExpr, Node } from '../../../ast/nodes.ts';
import { signature2019 } from '../../../builtins/dialect-2019/words.ts';
import type { Row } from '../../../builtins/row.ts';
import { fromBytes } from '../../../lsp/document.ts';
import { code } from '../../../lsp/words.ts';
import type { Hint, Proposal } from '../messages.ts';
import type { Source } from './source.ts';

/** Stands for the name that is being written; no script has it. */
const PROBE = 'zzProbe0zz';

const docOf = ({ doc, example }: Row): string => [doc, ...(example === '' ? [] : [code(example)])].join('\n\n');

function callProposal({ name, rows, receiver }: Called, hole: string): Proposal {
  const [row] = rows;
  const snippet = rows.every(({ params }) => params.length === 0) ? `${name}()` : `${name}(${hole})`;
  return { label: name, kind: receiver === 0 ? 'function' : 'method', detail: signature2019(row), doc: docOf(row), snippet, boost: 0 };
}

const word = (label: string, kind: string, boost = 0): Proposal => ({ label, kind, detail: null, doc: null, snippet: null, boost });

/** `hole` is where the cursor goes in what is written. */
export function proposals2019(source: Source, at: number, hole: string): Proposal[] {
  const { document, places, given } = source;
  const offset = places.byteAt(at);
  const { bytes } = document;
  const probe = bytes.slice(0, offset) + PROBE + bytes.slice(offset);
  const { script, types, temps, target } = analyze2019(probe, { scope: given.scope === 'node' ? null : given.scope });
  const path = pathAt(script, offset);
  const node = path.at(-1) as Node;
  const isVariable = /\$\w*$/.test(bytes.slice(0, offset));
  if (isVariable) return [...temps.set.keys()].filter((name) => !name.endsWith(PROBE)).map((name) => word(fromBytes(name), 'variable'));
  if (node.kind !== 'Ident' && node.kind !== 'Name') return [];
  if (script.comments.some(({ start, end }) => start < offset && offset < end)) return [];
  const fits = [...called.values()].filter(({ isOfRoot }) => isOfRoot === (target === 'root'));
  const [parent, outer] = [path.at(-2), path.at(-3)];
  if ((parent?.kind === 'PropertyLink' || parent?.kind === 'MethodLink') && outer?.kind === 'ChainExpr') {
    const base = before(outer as ChainExpr, parent);
    const mask = (base === null ? undefined : types.get(base)?.mask) ?? -1;
    return fits.filter(({ receiver }) => (receiver & (mask === 0 ? -1 : mask)) !== 0).map((each) => callProposal(each, hole));
  }
  // Without a receiver, what works on a thing works on the root of the collection.
  const functions = fits.filter(({ receiver }) => receiver === 0 || (receiver & THING) !== 0).map((each) => callProposal(each, hole));
  const variables = [...temps.set.keys()].map((name) => word(`$${fromBytes(name)}`, 'variable', 10));
  return [...variables, ...functions, ...['nil', 'true', 'false'].map((each) => word(each, 'keyword'))];
}

export function hint2019(source: Source, at: number): Hint | null {
  const offset = source.places.byteAt(at);
  const { tokens } = source.tokens();
  const i = tokens.findIndex(({ startOffset, image }) => startOffset <= offset && offset < startOffset + image.length);
  const token = tokens[i];
  const found = token === undefined || tokens[i + 1]?.image !== '(' ? undefined : called.get(token.image);
  if (token === undefined || found === undefined) return null;
  const { startOffset: start, image } = token;
  const doc = found.rows.map((row) => `${code(signature2019(row))}\n\n${docOf(row)}`).join('\n\n---\n\n');
  return { ...source.places.mark({ start, end: start + image.length }), doc };
}
