/** Prints how many page faults long lists, and many small objects, cost in a process that was started as a server is: `warm` first takes memory, `cold` does not. */
import { warmMemory } from '../../src/server/warm-memory.ts';

const LISTS = 30;
const ITEMS = 100_000;
const OBJECTS = 300_000;

const faults = (): number => process.resourceUsage().minorPageFault;

const begun = faults();
// The process is kept alive by this, not by the warming.
const alive = setInterval(() => undefined, 1000);
if (process.argv[2] === 'warm') await warmMemory(-1);
clearInterval(alive);
const warmed = faults() - begun;
let sink: unknown = null;
for (let i = 0; i < LISTS; i++) sink = new Array(ITEMS).fill(1);
const lists = faults() - begun - warmed;
const kept = Array.from({ length: OBJECTS }, (_, i) => ({ i, of: { i } }));
const objects = faults() - begun - warmed - lists;
process.stdout.write(JSON.stringify({ warmed, lists, objects, kept: sink !== null && kept.length }));
