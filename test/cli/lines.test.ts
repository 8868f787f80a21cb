import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../src/cli/lines.ts';

test('lines are the same however the bytes come', async () => {
  const chunks = fc.array(fc.string({ unit: fc.constantFrom('a', '\n', '\xff') }));
  await fc.assert(
    fc.asyncProperty(chunks, async (texts) => {
      const lines: string[] = [];
      for await (const line of linesOf(Readable.from(texts.map((text) => Buffer.from(text, 'latin1'))))) lines.push(line);
      const whole = texts.join('');
      expect(lines.map((line) => `${line}\n`).join('')).toBe(whole === '' || whole.endsWith('\n') ? whole : `${whole}\n`);
    }),
  );
});
