/**
 * Runs conformance cases and prints the counts per family.
 *
 *     node test/conformance/run.ts [--family core,lists] [--case NAME] [--failures] [--port PORT] [--translated]
 *
 * With a port, over TCP against the server there (it must be empty: collections are removed); else in this process; `--translated` there
 * translates everything to JavaScript before it first runs.
 */
import { parseArgs } from 'node:util';
import { FAMILIES, type Family, loadCases, loadDeviations } from './cases.ts';
import { runCase } from './runner.ts';
import { ProcessTarget, type Target, TcpTarget } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    family: { type: 'string', default: FAMILIES.join(',') },
    case: { type: 'string' },
    failures: { type: 'boolean', default: false },
    port: { type: 'string' },
    translated: { type: 'boolean', default: false },
  },
});

const target: Target = options.port === undefined ? new ProcessTarget(options.translated) : new TcpTarget(Number(options.port));
const deviations = loadDeviations();
for (const family of options.family.split(',') as Family[]) {
  const cases = loadCases(family).filter((c) => options.case === undefined || c.name.includes(options.case));
  let passed = 0;
  let deviating = 0;
  for (const test of cases) {
    const failure = await runCase(target, test);
    if (failure === null) passed++;
    else if (deviations.has(test.name)) deviating++;
    else if (options.failures) {
      console.log(
        `${failure.name} step ${failure.step}\n   code     ${failure.code.slice(0, 600)}\n   expected ${failure.expected.slice(0, 600)}\n   got      ${failure.got.slice(0, 600)}`,
      );
    }
  }
  const failed = cases.length - passed - deviating;
  console.log(
    `${family}: ${passed} of ${cases.length} passed (${((100 * passed) / cases.length).toFixed(1)}%), ${deviating} deviate, ${failed} failed`,
  );
}
await target.close();
