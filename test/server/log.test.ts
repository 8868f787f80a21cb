import { describe, expect, it } from 'vitest';
import { createLog, LOG_LEVELS, type LogLevel } from '../../src/server/log.ts';

function write(level: LogLevel, colorized = false): string[] {
  const lines: string[] = [];
  const log = createLog({ level, colorized, write: (line) => lines.push(line), now: () => new Date('2026-11-22T18:02:00.999Z') });
  for (const name of LOG_LEVELS) log[name](`a ${name}`);
  return lines;
}

describe('the log', () => {
  it('writes level, time in UTC and text', () => {
    expect(write('debug')).toEqual([
      '[D 2026-11-22 18:02:00] a debug\n',
      '[I 2026-11-22 18:02:00] a info\n',
      '[W 2026-11-22 18:02:00] a warning\n',
      '[E 2026-11-22 18:02:00] a error\n',
      '[C 2026-11-22 18:02:00] a critical\n',
    ]);
  });

  it('leaves out what is below its level', () => {
    expect(write('warning').map((line) => line[1])).toEqual(['W', 'E', 'C']);
    expect(write('critical').map((line) => line[1])).toEqual(['C']);
  });

  it('colours what stands in brackets', () => {
    expect(write('debug', true).map((line) => line.replaceAll('\x1b', 'ESC'))).toEqual([
      'ESC[36m[D 2026-11-22 18:02:00]ESC[0m a debug\n',
      'ESC[32m[I 2026-11-22 18:02:00]ESC[0m a info\n',
      'ESC[33m[W 2026-11-22 18:02:00]ESC[0m a warning\n',
      'ESC[31m[E 2026-11-22 18:02:00]ESC[0m a error\n',
      'ESC[35m[C 2026-11-22 18:02:00]ESC[0m a critical\n',
    ]);
  });
});
