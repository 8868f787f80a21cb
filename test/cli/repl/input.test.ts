import { describe, expect, it } from 'vitest';
import { readInput } from '../../../src/cli/repl/input.ts';

const isCommand = (name: string): boolean => ['help', 'time', 'ast', 'set'].includes(name);
const kindOf = (text: string): string => readInput(text, isCommand).kind;

describe('what begins with a dot', () => {
  it.each([
    ['.help', 'help', ''],
    ['.help ', 'help', ''],
    ['.help map', 'help', 'map'],
    ['.ast 1 + 1', 'ast', '1 + 1'],
    ['.ast .users.map(|u| u.name)', 'ast', '.users.map(|u| u.name)'],
    ['.ast -1', 'ast', '-1'],
    ['.ast !x', 'ast', '!x'],
    ['.ast [1, 2]', 'ast', '[1, 2]'],
    ['.ast\n1', 'ast', '1'],
    ['.set name "= x"', 'set', 'name "= x"'],
  ])('%j is the command %s', (text, name, argument) => {
    expect(readInput(text, isCommand)).toMatchObject({ kind: 'command', name, argument });
  });

  it.each([
    '.help;',
    '.help.x',
    '.help()',
    '.help[0]',
    '.help=1',
    '.help = 1',
    '.help += 1',
    '.time - 1',
    '.time && x',
    '.time || x',
    '.time == 1',
    '.time ? 1 : 2',
    '.time +',
    ' .help',
    '\n.help',
    '.helpers',
    '.other',
    '. help',
    '.',
  ])('%j is a query', (text) => {
    expect(kindOf(text)).toBe('query');
  });

  it('tells where the argument begins', () => {
    expect(readInput('.ast   x', isCommand)).toMatchObject({ at: 7 });
  });
});

it('blanks are nothing', () => {
  expect(kindOf('')).toBe('nothing');
  expect(kindOf(' \n\t')).toBe('nothing');
});
