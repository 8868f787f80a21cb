import { expect, it } from 'vitest';
import { openDatabase } from './database.ts';

it('new_node takes two to four arguments, and says that the server works alone', async () => {
  const database = await openDatabase();
  const ask = (code: string): string => database.query(code, 0).error?.message ?? '';
  const alone = ask("new_node('secret', '127.0.0.1')");
  expect(alone).toMatch(/works alone/);
  expect(ask("new_node('secret', '127.0.0.1', 9220)")).toBe(alone);
  expect(ask("new_node(0, 'secret', '127.0.0.1')")).toBe(alone);
  expect(ask("new_node(0, 'secret', '127.0.0.1', 9220)")).toBe(alone);
  expect(ask("new_node('secret', '127.0.0.1', 'x')")).toMatch(/takes a secret/);
  expect(ask("new_node('secret')")).toMatch(/argument/);
  expect(ask("new_node(1, 'a', 'b', 2, 3)")).toMatch(/argument/);
  await database.close();
});
