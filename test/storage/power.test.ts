import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogPosition, readLog, recoverLog } from '../../src/storage/log-reader.ts';
import { LogWriter, type LogWriterOptions } from '../../src/storage/log-writer.ts';
import { type Fault, SimDisk, seeded } from './sim-disk.ts';
import { appendToy, text, toyData, turn } from './toy.ts';

/** What a log must never forget over all its lives. */
interface History {
  position: LogPosition;
  /** The last change that was reported as durable. */
  acknowledged: number;
  appended: number;
}

type Settings = Pick<LogWriterOptions, 'durability' | 'inline' | 'segmentBytes'>;

/** Opens the log, and checks that it has each change up to some point that is not before the last acknowledged one. */
async function openLog(disk: SimDisk, settings: Settings, history: History): Promise<LogWriter> {
  const { position } = history;
  const recovered = await recoverLog(disk, '/log', position);
  let last = position.checkpointId;
  for (const { id, scope, data } of readLog(disk, recovered.segments, position.checkpointId)) {
    expect([id, scope, text(data)]).toEqual([last + 1, id % 3, text(toyData(id))]);
    last = id;
  }
  expect(recovered.lastId).toBe(last);
  expect(last).toBeGreaterThanOrEqual(history.acknowledged);
  expect(last).toBeLessThanOrEqual(history.appended);
  history.acknowledged = last;
  history.appended = last;
  const onDurable = (id: number): void => {
    expect(id).toBeGreaterThan(history.acknowledged);
    expect(id).toBeLessThanOrEqual(history.appended);
    history.acknowledged = id;
  };
  const { storeId } = position;
  const quiet = (): void => undefined;
  const options = { ...settings, fs: disk, dir: '/log', storeId, spareAfterSyncs: 3, onDurable, onFailure: quiet, onWarning: quiet };
  return new LogWriter(options, recovered);
}

/** Appends, waits, makes checkpoints and closes at random, until done or the disk is dead. */
async function live(disk: SimDisk, random: () => number, settings: Settings, history: History): Promise<void> {
  const writer = await untilDead(disk, openLog(disk, settings, history));
  const steps = Math.floor(random() * 60);
  for (let step = 0; step < steps && writer !== null && !disk.dead && writer.failure === null; step++) {
    const dice = random();
    if (dice < 0.6) {
      for (let count = random() < 0.2 ? 30 : 3; count > 0; count--) appendToy(writer, ++history.appended);
    } else if (dice < 0.75) await turn();
    else if (dice < 0.95) await untilDead(disk, writer.whenDurable(history.appended));
    else await untilDead(disk, checkpoint(writer, disk, history, random()));
  }
  if (random() < 0.5 && writer !== null) await untilDead(disk, writer.close());
}

async function shortLife(disk: SimDisk, settings: Settings, history: History): Promise<true> {
  const writer = await openLog(disk, settings, history);
  appendToy(writer, ++history.appended);
  await writer.whenDurable(history.appended);
  await writer.close();
  return true;
}

/** As the store does it; the commit of the checkpoint is one step that happens or not. */
async function checkpoint(writer: LogWriter, disk: SimDisk, history: History, part: number): Promise<void> {
  const { checkpointId } = history.position;
  const upTo = checkpointId + Math.ceil(part * (history.appended - checkpointId));
  writer.requestRoll();
  await writer.whenDurable(upTo);
  await writer.retire(upTo);
  const firstSeq = writer.firstSeqBehind(upTo);
  if (disk.dead) return;
  history.position = { storeId: history.position.storeId, firstSeq, checkpointId: upTo };
  await writer.dropBefore(firstSeq);
}

/** The result, or null when the process died or the log failed meanwhile. */
async function untilDead<T>(disk: SimDisk, work: Promise<T>): Promise<T | null> {
  let done = false;
  const settled = work.then(
    (result) => {
      done = true;
      return result;
    },
    (error: unknown) => {
      done = true;
      // An assertion of `openLog`, as opposed to a failure that was injected.
      if (error instanceof Error && error.name === 'AssertionError') throw error;
      return null;
    },
  );
  while (!done && !disk.dead) await turn();
  return done ? settled : null;
}

function start(): History {
  return { position: { storeId: 0x1234_5678_9abc_def0n, firstSeq: 1, checkpointId: 0 }, acknowledged: 0, appended: 0 };
}

/** The loop and the pool take turns, as far as the sizes of batches have it. */
const sometimes = (changes: number): boolean => changes % 2 === 1;

const settings: fc.Arbitrary<Settings> = fc.record({
  durability: fc.constant('sync' as const),
  inline: fc.constantFrom('always' as const, 'never' as const, sometimes),
  segmentBytes: fc.constantFrom(700, 3000, 100_000),
});

test('no acknowledged change is lost, and none is half there, over kills and power cuts at any instant', async () => {
  const lives = fc.array(fc.record({ stopAt: fc.integer({ min: 1, max: 150 }), kill: fc.boolean() }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), settings, lives, async (seed, chosen, ends) => {
      const random = seeded(seed);
      const history = start();
      let disk = new SimDisk(random);
      for (const { stopAt, kill } of ends) {
        disk = disk.restart('kill', null, stopAt);
        await live(disk, random, chosen, history);
        disk = disk.restart(kill ? 'kill' : 'power cut');
      }
      await openLog(disk, chosen, history);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('with async durability a power cut may cost acknowledged changes, but the log opens, and a kill costs none', async () => {
  const lives = fc.array(fc.record({ stopAt: fc.integer({ min: 1, max: 150 }), kill: fc.boolean() }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), settings, lives, async (seed, chosen, ends) => {
      const async = { ...chosen, durability: 'async' as const };
      const random = seeded(seed);
      const history = start();
      let disk = new SimDisk(random);
      for (const { stopAt, kill } of ends) {
        disk = disk.restart('kill', null, stopAt);
        await live(disk, random, async, history);
        disk = disk.restart(kill ? 'kill' : 'power cut');
        if (!kill) history.acknowledged = history.position.checkpointId;
      }
      await openLog(disk, async, history);
    }),
    { numRuns: 75 },
  );
}, 60_000);

test('a kill at any call of a short life, then a life with one more change, then a power cut', async () => {
  for (const durability of ['sync', 'async'] as const) {
    const chosen: Settings = { durability, inline: 'always', segmentBytes: 100_000 };
    for (let stopAt = 1, finished = false; !finished; stopAt++) {
      const history = start();
      const first = new SimDisk(seeded(stopAt), null, stopAt);
      finished = (await untilDead(first, shortLife(first, chosen, history))) !== null;
      const second = first.restart('kill');
      await shortLife(second, chosen, history);
      expect(history.acknowledged).toBe(history.appended);
      if (durability === 'async') history.acknowledged = 0;
      await openLog(second.restart('power cut'), chosen, history);
    }
  }
});

test('after a failed or short call nothing acknowledged is lost, and nothing is acknowledged that could be', async () => {
  const fault: fc.Arbitrary<Fault> = fc.record({
    call: fc.integer({ min: 1, max: 100 }),
    kind: fc.constantFrom('error' as const, 'error' as const, 'short' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(), settings, fault, async (seed, chosen, broken) => {
      const random = seeded(seed);
      const history = start();
      let disk = new SimDisk(random);
      await live(disk, random, chosen, history);
      disk = disk.restart('kill', broken);
      await live(disk, random, chosen, history);
      await openLog(disk.restart('power cut'), chosen, history);
    }),
    { numRuns: 150 },
  );
}, 60_000);
