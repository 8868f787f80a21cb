import { afterAll, describe, it } from 'vitest';
import { FAMILIES } from './cases.ts';
import { hold, runFamily } from './family.ts';
import { ProcessTarget } from './targets.ts';

describe('conformance in this process', () => {
  const target = new ProcessTarget();
  afterAll(() => target.close());

  it.each(FAMILIES)('%s', async (family) => hold('process', family, await runFamily(target, family)));
});
