/** Runs the texts that come in, a line of JSON each, one after another, and tells the error code of each; 0 for none. */
import { createInterface } from 'node:readline';
import { LocalEngine } from '../../src/engine/engine.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { ask } from '../support.ts';

/** An engine whose queries may take so many seconds. */
async function engineFor(seconds: number): Promise<LocalEngine> {
  const engine = new LocalEngine(memoryStore(), { queryDurationError: seconds });
  await engine.initialize('none');
  return engine;
}

const engines = { short: await engineFor(Number(process.env['LIMITS_SECONDS'] ?? 0.2)), long: await engineFor(60) };
for await (const line of createInterface({ input: process.stdin })) {
  const { text, limit } = JSON.parse(line) as { readonly text: string; readonly limit: keyof typeof engines };
  let code = 0;
  try {
    const answer = ask(engines[limit], text);
    if (answer !== null && typeof answer === 'object' && 'error' in answer) code = answer['error'] as number;
  } catch (error) {
    console.error(error);
    code = -1;
  }
  console.log(code);
}
