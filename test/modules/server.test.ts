/** The example module at a started server, over TCP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PackageType } from '../../src/server/framing.ts';
import { payloadValue, query, RawClient, type TestServer, testServer } from '../server/client.ts';
import { type Bench, EXAMPLE, openBench } from './helpers.ts';

let bench: Bench;
let server: TestServer;

beforeAll(async () => {
  bench = await openBench();
  await bench.ask(`new_module('echo', 'file://${EXAMPLE}', {loud: false});`, '@t');
  await bench.until('echo', 'running');
  await bench.ready("echo({message: ''});");
  await bench.ask("set_password('admin', 'pass');", '@t');
  server = await testServer(bench.engine, { hooks: bench.engine.hooks });
});

afterAll(async () => {
  await server.stop();
  await bench.close();
});

test('an answer that waits for a module comes when it is there, behind those that need not wait', async () => {
  const other = await RawClient.login(server.port);
  other.send(Buffer.concat([query("echo.say('slow', {wait: 200}).then(|r| r.message);", 1), query('1 + 1;', 2)]));
  expect((await other.take(2)).map((each) => [each.id, payloadValue(each)])).toEqual([
    [2, 2],
    [1, 'slow'],
  ]);
  other.close();
});

test('procedures wait, too, and errors arrive', async () => {
  const client = await RawClient.login(server.port);
  await client.query("new_procedure('shout', |text| echo.text(text));");
  expect(payloadValue(await client.request(PackageType.RUN, ['//stuff', 'shout', ['hi']]))).toBe('hi');
  const failed = await client.query('echo.say(5);');
  expect(failed.type).toBe(PackageType.ERROR);
  expect(payloadValue(failed)).toMatchObject({ error_code: -61 });
  client.close();
});

test('a client that only still reads gets its answer; one that is gone harms nobody', async () => {
  const leaving = await RawClient.login(server.port);
  leaving.send(query("echo.say('a', {wait: 50});"));
  leaving.close();
  const reading = await RawClient.login(server.port);
  reading.send(query("echo.say('b', {wait: 50}).then(|r| r.message);"));
  reading.socket.end();
  expect(payloadValue(await reading.next())).toBe('b');
  await reading.closed;
});

test('many requests at once are answered each by its own', async () => {
  const client = await RawClient.login(server.port);
  const count = 200;
  for (let i = 0; i < count; i++) client.send(query(`echo.say('${i}', {wait: ${(i * 7) % 20}}).then(|r| r.message);`, i));
  const answers = await client.take(count);
  expect(answers.map((each) => each.id).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  for (const answer of answers) expect(payloadValue(answer)).toBe(String(answer.id));
  client.close();
});
