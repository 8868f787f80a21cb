/** `npm run check`: types, lint and format, the order of imports, and unused code, at the same time. Prints what is wrong; silent tools are fine. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

const TOOLS: readonly (readonly [name: string, ...words: string[]])[] = [
  ['types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'],
  ['types of the page', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', 'src/playground/client'],
  ['lint and format', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--diagnostic-level=warn'],
  ['imports', 'scripts/check-imports.ts'],
  ['unused code', 'node_modules/knip/bin/knip.js', '--no-progress'],
];

interface Result {
  readonly name: string;
  readonly isFine: boolean;
  readonly output: string;
  readonly seconds: number;
}

function runTool([name, ...words]: (typeof TOOLS)[number]): Promise<Result> {
  const started = performance.now();
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ name, isFine: code === 0, output: Buffer.concat(chunks).toString().trim(), seconds: (performance.now() - started) / 1000 });
    });
  });
}

const results = await Promise.all(TOOLS.map(runTool));
for (const { name, isFine, output, seconds } of results) {
  console.log(`${isFine ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (!isFine) console.log(`${output}\n`);
}
process.exitCode = results.every(({ isFine }) => isFine) ? 0 : 1;
