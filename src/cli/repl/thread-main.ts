/** Where the thread of `thread.ts` begins: with the compiled modules of earlier runs, which halve the time to start, as `bin/launch.mjs` has them. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./thread-serve.ts');
