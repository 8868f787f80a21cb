/** Passwords that are set over a connection are hashed off the thread; the answer follows when they are in force. */
import { expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { firstDifference } from '../../src/model/compare.ts';
import type { Value } from '../../src/values/value.ts';
import { recordingEngine, reopened } from '../model/recording.ts';
import { ask } from '../support.ts';

const ADMIN = { id: 1, name: 'admin' };

/** Asks as a server does; `null` in `now` says that the answer follows. */
function query(engine: LocalEngine, code: string): { now: boolean; answer: Promise<Value> } {
  let resolve = (_value: Value): void => {};
  const answer = new Promise<Value>((done) => {
    resolve = done;
  });
  const request = { user: ADMIN, client: null, scope: '@thingsdb', code, vars: null };
  const now = engine.query(request, (finish) => resolve(finish().value));
  if (now instanceof TiError) throw now;
  if (now !== null) resolve(now.value);
  return { now: now !== null, answer };
}

const canLogIn = (engine: LocalEngine, name: string, password: string): Promise<boolean> =>
  engine.authenticate(name, password).then(
    () => true,
    (error: unknown) => {
      if (error instanceof TiError) return false;
      throw error;
    },
  );

test('a query that sets a password is answered when it is in force, and is the same after a restart', async () => {
  const { engine, log } = await recordingEngine();
  const { now, answer } = query(engine, "new_user('iris'); set_password('iris', 'siri'); user_info('iris').load().has_password;");
  expect(now).toBe(false);
  expect(await answer).toBe(true);
  expect(engine.database.userByName('iris')?.passwordHash).toMatch(/^scrypt\$/);
  expect([await canLogIn(engine, 'iris', 'siri'), await canLogIn(engine, 'iris', 'other')]).toEqual([true, false]);
  expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
});

test('other queries go on meanwhile, and a log-in waits for the password', async () => {
  const { engine } = await recordingEngine();
  await query(engine, "new_user('iris'); set_password('iris', 'old');").answer;
  const order: string[] = [];
  const setting = query(engine, "set_password('iris', 'new');").answer.then(() => order.push('set'));
  const login = canLogIn(engine, 'iris', 'new');
  expect(query(engine, '1 + 1;').now).toBe(true);
  order.push('other');
  await setting;
  expect([await login, await canLogIn(engine, 'iris', 'old'), order]).toEqual([true, false, ['other', 'set']]);
});

test('the last password counts, also when none is the last', async () => {
  const { engine, log } = await recordingEngine();
  const answers = [
    query(engine, "new_user('iris'); set_password('iris', 'first');").answer,
    query(engine, "set_password('iris', 'second');").answer,
  ];
  await Promise.all(answers);
  expect([await canLogIn(engine, 'iris', 'first'), await canLogIn(engine, 'iris', 'second')]).toEqual([false, true]);
  const late = query(engine, "set_password('iris', 'third');").answer;
  expect(ask(engine, "set_password('iris', nil);", '@t')).toBeNull();
  await late;
  expect(engine.database.userByName('iris')?.passwordHash).toBeNull();
  expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
});

test('a user who is removed meanwhile stays away', async () => {
  const { engine, log } = await recordingEngine();
  const { answer } = query(engine, "new_user('iris'); set_password('iris', 'siri'); del_user('iris');");
  expect(await answer).toBeNull();
  expect(engine.database.userByName('iris')).toBeUndefined();
  expect(firstDifference(engine.database, reopened([], log).database)).toBeNull();
});

test('a query that fails after it set a password has set it', async () => {
  const { engine } = await recordingEngine();
  expect(() => query(engine, "new_user('iris'); set_password('iris', 'siri'); raise('x');")).toThrow(TiError);
  expect(await canLogIn(engine, 'iris', 'siri')).toBe(true);
});

test('a callback of a future sets passwords, too', async () => {
  const { engine } = await recordingEngine();
  const { now, answer } = query(engine, "new_user('iris'); future(|| { set_password('iris', 'siri'); 5; });");
  expect([now, await answer, await canLogIn(engine, 'iris', 'siri')]).toEqual([false, 5, true]);
});
