/** Coverage in the format of lcov's `geninfo`, which most tools for coverage read. */
import { branchShare, type FileCoverage, functionShare, lineShare } from './coverage.ts';

function record(file: FileCoverage): string[] {
  const { path, functions, branches, lines } = file;
  const rows = ['TN:', `SF:${path}`];
  // A name must be of one function only.
  const names = functions.map(({ name, line }, i) =>
    functions.findIndex((other) => other.name === name) === i ? name : `${name} in line ${line}`,
  );
  rows.push(...functions.map(({ line }, i) => `FN:${line},${names[i]}`), ...functions.map(({ count }, i) => `FNDA:${count},${names[i]}`));
  const counted = functionShare(file);
  rows.push(`FNF:${counted.total}`, `FNH:${counted.covered}`);
  branches.forEach(({ line, ways }, block) => {
    const reached = ways.some(({ count }) => count > 0);
    rows.push(...ways.map(({ count }, way) => `BRDA:${line},${block},${way},${reached ? count : '-'}`));
  });
  const ways = branchShare(file);
  rows.push(`BRF:${ways.total}`, `BRH:${ways.covered}`);
  for (const [line, count] of lines) rows.push(`DA:${line},${count}`);
  const share = lineShare(file);
  rows.push(`LF:${share.total}`, `LH:${share.covered}`, 'end_of_record');
  return rows;
}

/** The whole report; a byte string. */
export const lcov = (files: readonly FileCoverage[]): string => files.map((file) => `${record(file).join('\n')}\n`).join('');
