import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { blocksOf, commandsOf, Shell } from './pages.ts';

const shell = new Shell();
afterAll(() => shell.close());

/** What is printed, where `...` on the page stands for anything in a line. */
const printed = (output: string): RegExp =>
  new RegExp(
    `^${output
      .split('...')
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^\\n]*')}$`,
  );

test('the tour shows what its commands print', { timeout: 300_000 }, async () => {
  const page = readFileSync(new URL('../../docs/tour.md', import.meta.url), 'utf8');
  let count = 0;
  for (const { words, text } of blocksOf(page)) {
    const [kind, name] = words;
    if (kind === 'ti') shell.write(name ?? '', text);
    else {
      expect(kind).toBe('console');
      for (const { command, output } of commandsOf(text)) {
        expect(await shell.run(command), command).toMatch(printed(output));
        count++;
      }
    }
  }
  expect(count).toBeGreaterThan(20);
});
