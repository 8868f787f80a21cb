/** What could be written at a place of a script in the 2019 dialect. */
import { type CompletionItem, CompletionItemKind, InsertTextFormat, type Position } from 'vscode-languageserver';
import { type Called, called, describe2019 } from '../../analysis/dialect-2019/calls.ts';
import { reader2019 } from '../../analysis/dialect-2019/reader.ts';
import { openedBefore } from '../../analysis/opened.ts';
import { before, pathAt } from '../../analysis/places.ts';
import type { Type } from '../../analysis/types.ts';
import type { ArrowLiteral, Node } from '../../ast/nodes.ts';
import { CONSTANTS_2019 } from '../../builtins/dialect-2019/root.ts';
import { Kind } from '../../builtins/row.ts';
import { fromBytes } from '../document.ts';
import type { Document2019 } from './document.ts';
import { doc, signature } from './words.ts';

/** A name that no script has. */
const PROBE = 'zzProbe0zz';
const WORD = /\$?[0-9A-Za-z_]*$/;
const LITERALS = ['nil', 'true', 'false', 'inf', 'nan'];

const named = (label: string, kind: CompletionItemKind, detail?: string): CompletionItem => ({
  label: fromBytes(label),
  kind,
  sortText: `0${label}`,
  ...(detail === undefined ? {} : { detail }),
});

/** A call with the cursor between its parentheses, or behind them when it takes nothing. */
function callItem({ name, rows: [row], max }: Called): CompletionItem {
  return {
    label: name,
    kind: row.receiver === undefined ? CompletionItemKind.Function : CompletionItemKind.Method,
    detail: signature(row),
    documentation: { kind: 'markdown', value: doc(row) },
    insertText: max === 0 ? `${name}()` : `${name}($1)`,
    insertTextFormat: InsertTextFormat.Snippet,
    ...(max === 0 ? {} : { command: { title: 'show parameters', command: 'editor.action.triggerParameterHints' } }),
  };
}

const all = [...called.values()];
/** What works on the root of the collection without a receiver. */
const onRoot = ({ receiver }: Called): boolean => receiver !== 0 && (receiver & Kind.thing) !== 0;

/** Methods of a value, and names of properties that the script has. */
function members(document: Document2019, type: Type | undefined): CompletionItem[] {
  const mask = type === undefined || type.mask === 0 ? -1 : type.mask;
  const methods = all.filter(({ receiver }) => (receiver & mask) !== 0).map(callItem);
  if ((mask & (Kind.thing | Kind.wrap)) === 0) return methods;
  const { properties } = document.analysis2019.names;
  return [...[...properties].map((name) => named(name, CompletionItemKind.Property)), ...methods];
}

function temps(document: Document2019): CompletionItem[] {
  const { types, names } = document.analysis2019;
  return [...names.firstSets].map(([name, { target }]) => {
    const type = types.get(target);
    return {
      ...named(`$${name}`, CompletionItemKind.Variable, type === undefined ? undefined : describe2019(type)),
      filterText: `$${name}`,
    };
  });
}

/** Names that can stand alone. */
function globals(document: Document2019, arrows: readonly ArrowLiteral[]): CompletionItem[] {
  if (document.analysis2019.target === 'root')
    return [
      ...all.filter(({ isOfRoot }) => isOfRoot).map(callItem),
      ...[...CONSTANTS_2019].map(([name, value]) => named(name, CompletionItemKind.Constant, String(value))),
    ];
  const params = new Set(arrows.flatMap(({ params: own }) => own.map(({ name }) => name)));
  const { names } = document.analysis2019;
  return [
    ...[...params].map((name) => named(name, CompletionItemKind.Variable)),
    ...temps(document),
    ...[...names.globals].filter((name) => !params.has(name)).map((name) => named(name, CompletionItemKind.Property)),
    ...all.filter((each) => !each.isOfRoot && (each.receiver === 0 || onRoot(each))).map(callItem),
    ...LITERALS.map((word) => ({ label: word, kind: CompletionItemKind.Keyword })),
    // A text that is empty so far may be one for the root.
    ...(document.analysis2019.script.body.length < 2 ? all.filter(({ isOfRoot }) => isOfRoot).map(callItem) : []),
  ];
}

export function complete2019(document: Document2019, position: Position): CompletionItem[] {
  const offset = document.offsetAt(position);
  const line = document.bytes.slice(document.bytes.lastIndexOf('\n', offset - 1) + 1, offset);
  const word = (WORD.exec(line) as RegExpExecArray)[0];
  // A number, and no name that is being written.
  if (/^[0-9]/.test(word) && !line.endsWith(`.${word}`)) return [];
  const { script, types, source, from } = document.asked(offset, PROBE);
  if (openedBefore(reader2019, source, from, offset) !== '') return [];
  if (word.startsWith('$')) return temps(document);
  const path = pathAt(script, offset);
  const at = path.at(-1) as Node;
  if (at.kind === 'StringLiteral' || at.kind === 'RegexLiteral') return [];
  const parent = path.at(-2);
  const outer = path.at(-3);
  if (at.kind === 'Ident' && (parent?.kind === 'PropertyLink' || parent?.kind === 'MethodLink') && outer?.kind === 'ChainExpr') {
    const base = before(outer, parent);
    return members(document, base === null ? undefined : types.get(base));
  }
  if (at.kind === 'Ident' && (parent?.kind === 'Field' || parent?.kind === 'ArrowLiteral')) return [];
  return globals(
    document,
    path.filter((node): node is ArrowLiteral => node.kind === 'ArrowLiteral'),
  );
}
