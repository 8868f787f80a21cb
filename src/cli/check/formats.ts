/** Findings as they are printed: pictures for people, JSON, SARIF for code hosts and editors, and the lines that GitHub shows in a change. */

import { FINDINGS, type Finding } from '../../analysis/findings.ts';
import { lineColumn } from '../../ast/position.ts';
import type { EffectReason, Effects } from '../../bytecode/program.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { placeOf, reportDiagnostics } from '../report.ts';
import type { Source } from '../source.ts';
import { ownVersion } from '../version.ts';

export type CheckFormat = 'pretty' | 'json' | 'sarif' | 'github';

export interface Checked {
  readonly source: Source;
  readonly findings: readonly Finding[];
  readonly effects: Effects | null;
  /** Whether nothing was found that counts as a failure. */
  readonly ok: boolean;
}

/** Prints all findings in one of the formats. */
export function printChecked(results: readonly Checked[], format: CheckFormat, withEffects: boolean, io: Io): void {
  switch (format) {
    case 'pretty':
      for (const result of results) pretty(result, withEffects, io);
      break;
    case 'json':
      io.out.write(toBytes(`${JSON.stringify(results.map(toJson))}\n`));
      break;
    case 'sarif':
      io.out.write(toBytes(`${JSON.stringify(sarif(results), null, 2)}\n`));
      break;
    case 'github':
      for (const result of results) for (const finding of result.findings) io.out.write(toBytes(github(result.source, finding)));
  }
}

// --- for people ---

function pretty({ source, findings, effects }: Checked, withEffects: boolean, io: Io): void {
  const remarks = findings.map((finding) => {
    const fix = finding.fix === undefined ? [] : [`fix: ${finding.fix.title}${finding.fix.safe ? ' (--fix does it)' : ''}`];
    return { ...finding, label: finding.code, notes: [...(finding.reason === undefined ? [] : [finding.reason]), ...fix] };
  });
  reportDiagnostics(source, remarks, io.err);
  if (!withEffects || effects === null) return;
  io.out.write(toBytes(`${source.name}\n`));
  printEffects(source, effects, io);
}

/** Tells in which scopes a text needs a change, and because of what. */
export function printEffects(source: Source, effects: Effects, io: Io): void {
  io.out.write(effectLine('in a collection', effects.collection, source));
  io.out.write(effectLine('in @thingsdb', effects.thingsdb, source));
  io.out.write('  in @node: changes nothing\n');
}

function effectLine(where: string, reason: EffectReason | null, source: Source): string {
  if (reason === null) return `  ${where}: changes nothing\n`;
  const { line, column } = lineColumn(source.text, reason.start);
  return `  ${where}: needs a change, because of ${reason.what} at line ${line}, column ${column}\n`;
}

// --- for tools ---

const effectJson = (reason: EffectReason | null, source: Source): object | null =>
  reason === null ? null : { what: reason.what, ...placeOf(source, reason) };

function endOf(source: Source, finding: Finding): { endLine: number; endColumn: number } {
  const { line, column } = lineColumn(source.text, finding.end);
  return { endLine: line, endColumn: column };
}

function findingJson(source: Source, finding: Finding): object {
  const { code, severity, message, reason, fix } = finding;
  return {
    code,
    severity,
    message: fromBytes(message),
    ...(reason === undefined ? {} : { reason: fromBytes(reason) }),
    ...placeOf(source, finding),
    ...endOf(source, finding),
    ...(fix === undefined
      ? {}
      : {
          fix: { title: fromBytes(fix.title), safe: fix.safe, edits: fix.edits.map((edit) => ({ ...edit, text: fromBytes(edit.text) })) },
        }),
  };
}

function toJson({ source, findings, effects, ok }: Checked): object {
  return {
    file: source.name,
    ok,
    findings: findings.map((finding) => findingJson(source, finding)),
    effects:
      effects === null ? null : { collection: effectJson(effects.collection, source), thingsdb: effectJson(effects.thingsdb, source) },
  };
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** Columns of a place in characters as SARIF counts them: UTF-16 code units, from 1. */
function regionOf(source: Source, finding: Finding): object {
  const column = (offset: number): { line: number; column: number } => {
    const { line, column: bytes } = lineColumn(source.text, offset);
    const start = Math.min(offset, source.text.length) - bytes + 1;
    return { line, column: fromBytes(source.text.slice(start, offset)).length + 1 };
  };
  const start = column(finding.start);
  const end = column(finding.end);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function sarif(results: readonly Checked[]): object {
  const rules = Object.entries(FINDINGS).map(([id, severity]) => ({ id, defaultConfiguration: { level: LEVELS[severity] } }));
  const found = results.flatMap(({ source, findings }) =>
    findings.map((finding) => ({
      ruleId: finding.code,
      level: LEVELS[finding.severity],
      message: { text: fromBytes(finding.reason === undefined ? finding.message : `${finding.message} (${finding.reason})`) },
      locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(source.name) }, region: regionOf(source, finding) } }],
    })),
  );
  const driver = { name: 'thingsc', version: ownVersion(), rules };
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [{ tool: { driver }, results: found }] };
}

/** The characters that end a value in the commands of GitHub. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function github(source: Source, finding: Finding): string {
  const region = regionOf(source, finding) as { startLine: number; startColumn: number; endLine: number; endColumn: number };
  const level = finding.severity === 'info' ? 'notice' : finding.severity;
  const place = `file=${property(source.name)},line=${region.startLine},col=${region.startColumn},endLine=${region.endLine},endColumn=${region.endColumn}`;
  return `::${level} ${place},title=${property(finding.code)}::${escaped(fromBytes(finding.message))}\n`;
}
