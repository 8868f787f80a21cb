/** Runs `thingsc` as a process. */
import { processIo } from './io.ts';
import { main } from './thingsc.ts';

// Whoever reads our output may stop reading (`thingsc disasm x | head`): then nobody is left to work for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 4));

process.exitCode = await main(process.argv.slice(2), processIo());
