import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Document, toBytes } from '../../src/lsp/document.ts';

const texts = fc
  .array(fc.constantFrom('a', 'é', '€', '😀', '\n', '\r\n', '\r', ' ', '\ud800', 'ab\n'), { maxLength: 30 })
  .map((parts) => parts.join(''));

describe('positions', () => {
  test('are those of the protocol, whatever the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const document = new Document('x', 1, text);
        const reference = TextDocument.create('x', 'thingsdb', 1, text);
        expect(document.lineCount).toBe(reference.lineCount);
        for (let at = 0; at <= text.length; at++) {
          // Inside of a pair or of a line end there is no place.
          if (/^[\udc00-\udfff]/.test(text.slice(at)) && /[\ud800-\udbff]$/.test(text.slice(0, at))) continue;
          if (text[at] === '\n' && text[at - 1] === '\r') continue;
          const position = reference.positionAt(at);
          const offset = document.offsetAt(position);
          expect(offset).toBe(toBytes(text.slice(0, at)).length);
          expect(document.positionAt(offset)).toEqual(position);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('beyond a line mean its end, and offsets inside of a character its start', () => {
    const document = new Document('x', 1, 'é\nb');
    expect(document.offsetAt({ line: 0, character: 99 })).toBe(3);
    expect(document.offsetAt({ line: 9, character: 0 })).toBe(4);
    expect(document.positionAt(1)).toEqual({ line: 0, character: 0 });
  });
});
