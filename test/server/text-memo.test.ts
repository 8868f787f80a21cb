import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextMemo } from '../../src/server/text-memo.ts';

describe('the memo of texts', () => {
  it('gives what the bytes say, whatever it was asked before', () => {
    const memo = new TextMemo();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 5 }),
      fc.uint8Array({ minLength: 250, maxLength: 260 }),
      fc.tuple(fc.constant(1), fc.nat(255), fc.nat(255), fc.constant(2)).map((all) => Uint8Array.from(all)),
    );
    fc.assert(
      fc.property(bytes, fc.nat(9), (content, start) => {
        const buffer = Buffer.concat([Buffer.alloc(start, 7), content, Buffer.alloc(3, 9)]);
        expect(memo.get(buffer, start, content.length)).toBe(Buffer.from(content).latin1Slice());
      }),
      { numRuns: 3000 },
    );
  });
});
