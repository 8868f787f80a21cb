/** The parts of a script: its symbols, and what can be folded. */
import { type DocumentSymbol, type FoldingRange, FoldingRangeKind, SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver';
import type { Comment, Node, Script, Span } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { type Document, fromBytes } from './document.ts';
import { type Definition, definitions } from './symbols.ts';

function symbol(
  document: Document,
  name: string,
  kind: SymbolKind,
  whole: Span,
  span: Span,
  children: DocumentSymbol[] = [],
): DocumentSymbol {
  return { name: fromBytes(name), kind, range: document.range(whole), selectionRange: document.range(span), children };
}

function kindOf({ analysis }: Document, { meaning, whole }: Definition): SymbolKind {
  if (meaning.kind === 'procedure') return SymbolKind.Function;
  if (meaning.kind === 'schema') return analysis.schema.enums.has(meaning.name) ? SymbolKind.Enum : SymbolKind.Class;
  if (meaning.kind !== 'part') return SymbolKind.Variable;
  if (analysis.schema.enums.has(meaning.of)) return SymbolKind.EnumMember;
  const field = whole as Node;
  return field.kind === 'Field' && field.value?.kind === 'ClosureLiteral' ? SymbolKind.Method : SymbolKind.Field;
}

/** Types, enumerators and procedures with their parts; variables of the script, and what it puts into the root. */
export function documentSymbols(document: Document): DocumentSymbol[] {
  const { analysis } = document;
  const found: DocumentSymbol[] = [];
  const byName = new Map<string, DocumentSymbol>();
  for (const each of definitions(analysis)) {
    const { meaning, span, whole } = each;
    const made = symbol(document, meaning.name, kindOf(document, each), whole, span);
    if (meaning.kind === 'part') byName.get(meaning.of)?.children?.push(made);
    else {
      found.push(made);
      if (meaning.kind === 'schema') byName.set(meaning.name, made);
    }
  }
  const seen = new Set<string>();
  for (const statement of analysis.script.body) {
    if (statement.kind === 'AssignExpr' && statement.op === '=' && !seen.has(statement.target.name)) {
      seen.add(statement.target.name);
      const kind = statement.value.kind === 'ClosureLiteral' ? SymbolKind.Function : SymbolKind.Variable;
      found.push(symbol(document, statement.target.name, kind, statement, statement.target));
    }
    const [link] = statement.kind === 'ChainExpr' && statement.base === null ? statement.links : [];
    if (link?.kind === 'PropertyLink' && link.assign?.op === '=')
      found.push(symbol(document, `.${link.name.name}`, SymbolKind.Property, statement, link.name));
  }
  return found;
}

/** Types, enumerators, procedures and their parts whose names have the letters of a query, in order. */
export function workspaceSymbols(documents: readonly Document[], query: string): WorkspaceSymbol[] {
  const letters = [...query.toLowerCase()];
  const fits = (name: string): boolean => {
    let at = -1;
    return letters.every((letter) => {
      at = name.indexOf(letter, at + 1);
      return at >= 0;
    });
  };
  return documents.flatMap((document) =>
    definitions(document.analysis)
      .filter(({ meaning }) => fits(fromBytes(meaning.name).toLowerCase()))
      .map((each) => ({
        name: fromBytes(each.meaning.name),
        kind: kindOf(document, each),
        location: { uri: document.uri, range: document.range(each.span) },
        ...(each.meaning.kind === 'part' ? { containerName: fromBytes(each.meaning.of) } : {}),
      })),
  );
}

const FOLDED = new Set<Node['kind']>([
  'BlockExpr',
  'ThingLiteral',
  'ArrayLiteral',
  'InstanceLiteral',
  'AnoLiteral',
  'CallExpr',
  'MethodLink',
  'TemplateLiteral',
  'StringLiteral',
]);

/** Runs of comment lines fold as one. */
function commentFolds(document: Document, comments: readonly Comment[]): FoldingRange[] {
  const found: FoldingRange[] = [];
  for (const { start, end } of comments) {
    const startLine = document.lineOf(start);
    const endLine = document.lineOf(end - 1);
    const last = found.at(-1);
    if (last !== undefined && last.endLine === startLine - 1) last.endLine = endLine;
    else found.push({ startLine, endLine, kind: FoldingRangeKind.Comment });
  }
  return found.filter(({ startLine, endLine }) => endLine > startLine);
}

export const foldingRanges = (document: Document): FoldingRange[] => foldsOf(document, document.analysis.script);

export function foldsOf(document: Document, script: Script): FoldingRange[] {
  const byLine = new Map<number, FoldingRange>();
  walk(script, {
    enter(node) {
      if (!FOLDED.has(node.kind)) return undefined;
      const startLine = document.lineOf(node.start);
      // The line of the closing bracket stays in sight.
      const endLine = document.lineOf(node.end - 1) - (node.kind === 'StringLiteral' ? 0 : 1);
      if (endLine > startLine && !byLine.has(startLine)) byLine.set(startLine, { startLine, endLine });
      return undefined;
    },
  });
  return [...byLine.values(), ...commentFolds(document, script.comments)].sort((a, b) => a.startLine - b.startLine);
}
