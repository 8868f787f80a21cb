import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { History } from '../../src/terminal/history.ts';

const folder = mkdtempSync(join(tmpdir(), 'thingsc-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('keeps texts of several lines in a file that only its owner can read', () => {
  const path = join(folder, 'state', 'new', 'history');
  const history = new History(path);
  history.add('one');
  history.add('two\nlines');
  expect(new History(path).all).toEqual(['one', 'two\nlines']);
  expect(statSync(path).mode & 0o077).toBe(0);
});

it('leaves out what is empty, or the same as the last', () => {
  const history = new History();
  for (const text of ['a', 'a', ' \n', 'b', 'a']) history.add(text);
  expect(history.all).toEqual(['a', 'b', 'a']);
});

it('has what others added at the same time', () => {
  const path = join(folder, 'shared');
  const [first, second] = [new History(path), new History(path)];
  first.add('from the first');
  second.add('from the second');
  expect(new History(path).all).toEqual(['from the first', 'from the second']);
});

it('cuts a file that has become long, and passes over lines that are none of its own', () => {
  const path = join(folder, 'long');
  writeFileSync(path, `${Array.from({ length: 2500 }, (_, i) => JSON.stringify(`text ${i}`)).join('\n')}\nno JSON\n{"x":1}\n`);
  const history = new History(path);
  expect(history.length).toBe(1000);
  expect(history.at(999)).toBe('text 2499');
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1001);
});

it('tells once of a file that cannot be used, and goes on without', () => {
  const path = join(folder, 'a-folder');
  mkdirSync(path);
  const problems: string[] = [];
  const history = new History(path, (problem) => problems.push(problem));
  history.add('a');
  history.add('b');
  expect(history.all).toEqual(['a', 'b']);
  expect(problems).toHaveLength(1);
});
