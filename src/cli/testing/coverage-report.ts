/** Coverage as a table for a terminal, and as files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { branchShare, type FileCoverage, functionShare, lineShare, percent, type Share, sumOf } from '../../testing/coverage.ts';
import { htmlPages } from '../../testing/html.ts';
import { lcov } from '../../testing/lcov.ts';
import { fileError, systemReason } from '../exit.ts';
import { type Io, toBytes } from '../io.ts';

/** Lines that never ran, those next to each other together: `3-5, 9`. */
export function missedLines({ lines }: FileCoverage): string {
  const parts: string[] = [];
  let first = 0;
  let last = 0;
  const end = (): void => {
    if (first > 0) parts.push(first === last ? String(first) : `${first}-${last}`);
    first = 0;
  };
  for (const [line, count] of lines) {
    if (count > 0) end();
    else {
      if (first === 0) first = line;
      last = line;
    }
  }
  end();
  return parts.join(', ');
}

const told = (share: Share): string => `${percent(share).toFixed(1)} %`;

/** A line for each file, and one for all. */
export function printCoverage(files: readonly FileCoverage[], io: Io): void {
  const rows = files.map((file) => [
    file.path,
    told(lineShare(file)),
    told(functionShare(file)),
    told(branchShare(file)),
    missedLines(file),
  ]);
  const all = [lineShare, functionShare, branchShare].map((share) => told(sumOf(files.map(share))));
  const table = [['coverage', 'lines', 'functions', 'ways', 'lines that never ran'], ...rows, ['all files', ...all, '']];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => (cells[column] ?? '').length)));
  const text = table.map((cells) => {
    return cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : column < 4 ? cell.padStart(widths[column] ?? 0) : cell))
      .join('  ')
      .trimEnd();
  });
  io.out.write(toBytes(`\n${text.join('\n')}\n`));
}

/** Writes `lcov.info` and pages into a folder. Throws CliError. */
export function writeCoverage(files: readonly FileCoverage[], dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'lcov.info'), lcov(files), 'latin1');
    for (const [name, html] of htmlPages(files)) writeFileSync(join(dir, name), html);
  } catch (error) {
    throw fileError(`cannot write the coverage into ${dir}: ${systemReason(error)}`);
  }
}
