import { afterAll, beforeAll, describe, it } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { defaultConfig } from '../../src/server/config.ts';
import { createLog } from '../../src/server/log.ts';
import { type RunningServer, startServer } from '../../src/server/serve.ts';
import { FAMILIES } from './cases.ts';
import { StepClock } from './clocks.ts';
import { hold, runFamily } from './family.ts';
import { TcpTarget } from './targets.ts';

describe('conformance over TCP', () => {
  let engine: LocalEngine;
  let server: RunningServer;
  let target: TcpTarget;
  const clock = new StepClock();

  beforeAll(async () => {
    engine = (await openEngine({ dir: null, clock })).engine;
    const config = { ...defaultConfig(), listen_client_port: 0, listen_node_port: null };
    server = await startServer(engine, config, {
      log: createLog({ level: 'error', colorized: false }),
      hooks: engine.hooks,
      node: engine.node,
    });
    engine.startSchedules();
    target = new TcpTarget(server.port, () => clock.callDue());
  });

  afterAll(async () => {
    await target.close();
    await server.stop();
    await engine.close();
  });

  it.each(FAMILIES)('%s', async (family) => hold('tcp', family, await runFamily(target, family)));
});
