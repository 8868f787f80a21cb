/** Findings as editors show them, and the corrections that they offer. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type TextEdit,
} from 'vscode-languageserver';
import { format } from '../../grammar/v1/format.ts';
import type { Finding } from '../analysis/findings.ts';
import { safeEdits } from '../analysis/fix.ts';
import { type Document, fromBytes } from './document.ts';

const SEVERITIES = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, info: DiagnosticSeverity.Information } as const;

/** Findings of what could as well not be there. */
const IDLE = new Set<Finding['code']>(['unused-variable', 'unreachable-code', 'unused-directive']);

export function diagnosticOf(document: Document, finding: Finding): Diagnostic {
  const { code, severity, message, reason } = finding;
  const tags = [...(IDLE.has(code) ? [DiagnosticTag.Unnecessary] : []), ...(code === 'earlier-name' ? [DiagnosticTag.Deprecated] : [])];
  return {
    range: document.range(finding),
    severity: SEVERITIES[severity],
    code,
    source: 'thingsc',
    message: fromBytes(reason === undefined ? message : `${message}\n${reason}`),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

export const diagnostics = (document: Document): Diagnostic[] =>
  document.analysis.findings.map((finding) => diagnosticOf(document, finding));

/** The comment that silences a finding. */
type Silence = (code: string) => string;

const lineComment: Silence = (code) => `// thingsc: ignore ${code}`;
export const blockComment: Silence = (code) => `/* thingsc: ignore ${code} */`;

function silence(document: Document, finding: Finding, comment: Silence): CodeAction {
  const line = document.lineOf(finding.start);
  const text = document.text.split(/\r\n|\n|\r/)[line] ?? '';
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  const at = { line, character: 0 };
  const edit = { range: { start: at, end: at }, newText: `${indent}${comment(finding.code)}\n` };
  return {
    title: `Silence \`${finding.code}\` here`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(document, finding)],
    edit: { changes: { [document.uri]: [edit] } },
  };
}

/** The corrections of what is found in a range. */
export const codeActions = (document: Document, params: CodeActionParams): CodeAction[] =>
  actionsOf(document, document.analysis.findings, params, lineComment);

export function actionsOf(
  document: Document,
  findings: readonly Finding[],
  { range, context }: CodeActionParams,
  comment: Silence,
): CodeAction[] {
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  const actions: CodeAction[] = [];
  for (const finding of findings) {
    if (finding.end < start || finding.start > end) continue;
    if (finding.fix !== undefined) {
      actions.push({
        title: fromBytes(finding.fix.title.charAt(0).toUpperCase() + finding.fix.title.slice(1)),
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnosticOf(document, finding)],
        isPreferred: finding.fix.safe,
        edit: { changes: { [document.uri]: document.edits(finding.fix.edits) } },
      });
    }
    if (finding.code !== 'syntax') actions.push(silence(document, finding, comment));
  }
  const edits = safeEdits(findings);
  if (edits.length > 0) {
    actions.push({
      title: 'Do all safe corrections',
      kind: CodeActionKind.SourceFixAll,
      edit: { changes: { [document.uri]: document.edits(edits) } },
    });
  }
  const { only } = context;
  return only === undefined
    ? actions
    : actions.filter(({ kind }) => only.some((wanted) => kind === wanted || kind?.startsWith(`${wanted}.`) === true));
}

/** The text formatted, as one edit; none when it is so already, or has errors. */
export function formatting(document: Document): TextEdit[] {
  if (document.analysis.diagnostics.length > 0) return [];
  const text = fromBytes(format(document.bytes));
  if (text === document.text) return [];
  return [{ range: document.range({ start: 0, end: document.bytes.length }), newText: text }];
}
