import { describe, expect, test } from 'vitest';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../../src/ast/diagnostic.ts';
import { lineColumn, renderDiagnostic } from '../../src/ast/position.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('lineColumn', () => {
  test.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [4, 3, 1],
    [6, 3, 3],
    [99, 3, 3],
  ])('offset %i', (offset, line, column) => {
    expect(lineColumn('ab\n\ncd', offset)).toEqual({ line, column });
  });
});

describe('renderDiagnostic', () => {
  const picture = (text: string, options: { colour?: boolean; name?: string } = {}): string => {
    const source = bytes(text);
    const [diagnostic] = parseTolerant(source).diagnostics;
    if (diagnostic === undefined) throw new Error('no diagnostic');
    const { name } = options;
    return renderDiagnostic(source, diagnostic, { colour: options.colour ?? false, ...(name === undefined ? {} : { name }) });
  };

  test('shows the line with carets under the span', () => {
    expect(picture('f(1 abc);')).toBe(
      ['error: found `abc`, expected an operator, `,` or `)`', ' --> line 1:5', '  |', '1 | f(1 abc);', '  |     ^^^'].join('\n'),
    );
  });

  test('names the source', () => {
    expect(picture('x = ;', { name: 'a.ti' })).toContain('--> a.ti:1:5');
  });

  test('shows the end of the text', () => {
    expect(picture('f(').split('\n').slice(-2)).toEqual(['1 | f(', '  |   ^']);
    expect(picture('f(\n').split('\n').slice(-2)).toEqual(['2 |', '  | ^']);
  });

  test('counts and underlines characters, not bytes', () => {
    const lines = picture('x = "éé" yy').split('\n');
    expect(lines[1]).toContain('line 1:10');
    expect(lines.at(-1)).toBe(`  | ${' '.repeat(9)}^^`);
  });

  test('knows wide characters and tabs', () => {
    expect(picture('"日本" 語').split('\n').slice(-2)).toEqual(['1 | "日本" 語', '  |        ^^']);
    expect(picture('\tx 5').split('\n').slice(-2)).toEqual(['1 |     x 5', '  |       ^']);
  });

  test('shows the first lines and the last of a long span', () => {
    const lines = picture('a;\nx = "1\n 2\n3\n4\n5\n6').split('\n');
    expect(lines.slice(3)).toEqual(['2 | x = "1', '  |     ^^', '3 |  2', '  |  ^', '...', '7 | 6', '  | ^']);
  });

  test('colours for a terminal only', () => {
    expect(picture('x = ;')).not.toContain('\x1b');
    expect(picture('x = ;', { colour: true })).toContain('\x1b[1;31m^\x1b[0m');
  });

  test('takes any span', () => {
    const diagnostic: Diagnostic = { code: -52, severity: 'error', message: 'm', start: 50, end: 10 };
    expect(renderDiagnostic('ab', diagnostic, { colour: false }).split('\n').at(-1)).toBe('  |   ^');
  });
});
