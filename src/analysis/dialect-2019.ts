/** What can be told of a script in the 2019 dialect without running it: functions that there are not, and wrong numbers of arguments. */
import type { Ident, Script } from '../ast/nodes.ts';
import { walk } from '../ast/visitor.ts';
import { rows2019 } from '../builtins/dialect-2019/registry.ts';
import { maxArgs, minArgs } from '../builtins/row.ts';
import { writtenName } from '../values/dialect-2019.ts';
import type { Finding } from './findings.ts';
import { nearName } from './near.ts';

/** The fewest and the most arguments of a name; the most is -1 where there is no limit. */
interface Counts {
  readonly min: number;
  readonly max: number;
}

const known = new Map<string, Counts>();
for (const row of rows2019) {
  const name = writtenName(row.name);
  if (!/^[a-z]/.test(name)) continue;
  const before = known.get(name);
  const counts = { min: minArgs(row), max: maxArgs(row) };
  if (before === undefined) known.set(name, counts);
  else known.set(name, { min: Math.min(before.min, counts.min), max: counts.max < 0 ? -1 : Math.max(before.max, counts.max) });
}

/** What is wrong with the calls of a script, in the order of the source. */
export function analyze2019(script: Script): Finding[] {
  const findings: Finding[] = [];
  const call = (name: Ident, given: number, code: 'unknown-function' | 'unknown-method'): void => {
    const { start, end } = name;
    const counts = known.get(name.name);
    if (counts === undefined) {
      const near = nearName(name.name, known.keys());
      const hint = near === null ? '' : `; did you mean \`${near}\`?`;
      findings.push({ code, severity: 'error', start, end, message: `the dialect has no function \`${name.name}\`${hint}` });
      return;
    }
    const { min, max } = counts;
    if (given >= min && (max < 0 || given <= max)) return;
    const wanted = max < 0 ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`;
    const message = `\`${name.name}\` takes ${wanted} argument${wanted === '1' || wanted === 'at least 1' ? '' : 's'}, not ${given}`;
    findings.push({ code: 'argument-count', severity: 'error', start, end, message });
  };
  walk(script, {
    enter: (node) => {
      if (node.kind === 'CallExpr') call(node.callee, node.args.length, 'unknown-function');
      else if (node.kind === 'MethodLink') call(node.name, node.args.length, 'unknown-method');
      return true;
    },
  });
  return findings.sort((a, b) => a.start - b.start);
}
