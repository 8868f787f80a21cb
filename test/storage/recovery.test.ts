import { expect, test } from 'vitest';
import { HEADER_SIZE, putHeader, RECORD_SIZE, readHeader, type SegmentHeader } from '../../src/storage/log-format.ts';
import { type LogPosition, readLog, recoverLog } from '../../src/storage/log-reader.ts';
import { LogWriter } from '../../src/storage/log-writer.ts';
import { segmentName } from '../../src/storage/segments.ts';
import { SimDisk, seeded } from './sim-disk.ts';
import { appendToy, text, toyData } from './toy.ts';

const POSITION: LogPosition = { storeId: 77n, firstSeq: 1, checkpointId: 0 };

interface Image {
  readonly disk: SimDisk;
  readonly writer: LogWriter;
}

/** A log with one write per number: so many changes in it. */
async function makeLog(
  batches: readonly number[],
  segmentBytes = 1 << 20,
  storeId = POSITION.storeId,
  from = new SimDisk(seeded(1)),
): Promise<Image> {
  const recovered = await recoverLog(from, '/log', { ...POSITION, storeId });
  const quiet = (): void => undefined;
  const listeners = { onDurable: quiet, onFailure: quiet, onWarning: quiet };
  const options = {
    fs: from,
    dir: '/log',
    storeId,
    durability: 'sync',
    inline: 'never',
    segmentBytes,
    spareAfterSyncs: 1e9,
    ...listeners,
  } as const;
  const writer = new LogWriter(options, recovered);
  let id = recovered.lastId;
  for (const count of batches) {
    for (let i = 0; i < count; i++) appendToy(writer, ++id);
    await writer.whenDurable(id);
  }
  return { disk: from, writer };
}

/** The ids in a log made of these files; each change is checked. */
async function idsIn(files: ReadonlyMap<string, Uint8Array>, position = POSITION): Promise<number[]> {
  const disk = new SimDisk(seeded(1));
  for (const [name, data] of files) disk.put(name, data.slice());
  const { segments, lastId } = await recoverLog(disk, '/log', position);
  const ids: number[] = [];
  for (const { id, scope, data } of readLog(disk, segments, position.checkpointId)) {
    expect([scope, text(data)]).toEqual([id % 3, text(toyData(id))]);
    ids.push(id);
  }
  expect(lastId).toBe(ids.at(-1) ?? position.checkpointId);
  // What recovery left behind gives the same once more.
  const again = await recoverLog(disk, '/log', position);
  expect(again.segments.map(({ end }) => end)).toEqual(segments.map(({ end }) => end));
  return ids;
}

function upTo(id: number): number[] {
  return Array.from({ length: id }, (_, i) => i + 1);
}

function recordSize(id: number): number {
  return RECORD_SIZE + toyData(id).length;
}

/** Where the record of a change begins in the only segment. */
function offsetOf(id: number): number {
  return upTo(id - 1).reduce((sum, before) => sum + recordSize(before), HEADER_SIZE);
}

function withBytes(
  files: Map<string, Uint8Array>,
  name: string,
  edit: (data: Uint8Array) => Uint8Array | undefined,
): Map<string, Uint8Array> {
  const copy = new Map(files);
  const data = (copy.get(name) ?? new Uint8Array(0)).slice();
  copy.set(name, edit(data) ?? data);
  return copy;
}

const FIRST = segmentName(1);

test('a file cut at any length gives exactly the whole records before', async () => {
  const files = (await makeLog([1, 3, 2])).disk.files();
  const whole = files.get(FIRST)?.length ?? 0;
  expect(whole).toBe(offsetOf(7));
  for (let length = 0; length <= whole; length++) {
    const expected = upTo(6).filter((id) => offsetOf(id + 1) <= length);
    const cut = withBytes(files, FIRST, (data) => data.subarray(0, length));
    expect(await idsIn(cut)).toEqual(expected);
    // The same in a file that was made ahead.
    const zeroed = withBytes(files, FIRST, (data) => data.fill(0, length));
    expect(await idsIn(zeroed)).toEqual(expected);
  }
}, 30_000);

test('a flipped bit is found wherever a later write or an end mark follows, else it ends the log there', async () => {
  const { disk, writer } = await makeLog([1, 3, 2]);
  const lastWrite = offsetOf(5);
  const open = disk.files();
  await writer.close();
  const closed = disk.files();
  const length = closed.get(FIRST)?.length ?? 0;
  expect(length).toBe(offsetOf(7) + RECORD_SIZE);
  for (let at = 0; at < length; at++) {
    const flip = (data: Uint8Array): undefined => {
      data[at] = (data[at] ?? 0) ^ (1 << (at % 8));
    };
    const record = upTo(6).findLast((id) => offsetOf(id) <= at) ?? 0;
    const place = record === 0 ? 'byte 0' : `byte ${offsetOf(record)} `;
    const damaged = { code: -1, message: expect.stringContaining(FIRST) };
    if (at < offsetOf(7)) {
      await expect(idsIn(withBytes(closed, FIRST, flip))).rejects.toMatchObject(damaged);
      await expect(idsIn(withBytes(closed, FIRST, flip))).rejects.toThrow(place);
    } else expect(await idsIn(withBytes(closed, FIRST, flip))).toEqual(upTo(6));
    if (at < lastWrite) await expect(idsIn(withBytes(open, FIRST, flip))).rejects.toMatchObject(damaged);
    else if (at < offsetOf(7)) expect(await idsIn(withBytes(open, FIRST, flip))).toEqual(upTo(record - 1));
  }
}, 30_000);

test('a hole in the last write is a torn tail, though good records follow; in a write before it is damage', async () => {
  const files = (await makeLog([2, 5])).disk.files();
  const hole = (id: number) => withBytes(files, FIRST, (data) => void data.fill(0, offsetOf(id), offsetOf(id + 1)));
  expect(await idsIn(hole(5))).toEqual(upTo(4));
  expect(await idsIn(hole(3))).toEqual(upTo(2));
  await expect(idsIn(hole(2))).rejects.toThrow(`the record at byte ${offsetOf(2)} is bad, but there is a good one behind it`);
});

test('new changes follow a torn tail', async () => {
  const { disk } = await makeLog([2, 5]);
  const torn = withBytes(disk.files(), FIRST, (data) => data.subarray(0, offsetOf(6) + 3));
  const again = new SimDisk(seeded(1));
  for (const [name, data] of torn) again.put(name, data);
  const more = await makeLog([3, 2], 1 << 20, POSITION.storeId, again);
  expect(await idsIn(more.disk.files())).toEqual(upTo(10));
  expect([...more.disk.files().keys()]).toEqual([FIRST, segmentName(2)]);
});

test('every file but the last must be whole', async () => {
  const files = (
    await makeLog(
      upTo(20).map(() => 1),
      600,
    )
  ).disk.files();
  const names = [...files.keys()];
  expect(names.length).toBeGreaterThan(3);
  const [first = '', second = ''] = names;
  expect(await idsIn(files)).toEqual(upTo(20));
  for (const name of names.slice(0, -1)) {
    const end = files.get(name)?.length ?? 0;
    for (const length of [0, HEADER_SIZE, end - 1]) {
      const cut = withBytes(files, name, (data) => data.subarray(0, length));
      await expect(idsIn(cut)).rejects.toMatchObject({ code: -1, message: expect.stringContaining(name) });
    }
  }
  for (const name of names.slice(0, -1)) {
    const without = new Map(files);
    without.delete(name);
    await expect(idsIn(without)).rejects.toThrow('the file is missing');
  }
  const swapped = new Map(files);
  swapped.set(first, files.get(second) ?? new Uint8Array(0));
  await expect(idsIn(swapped)).rejects.toThrow('the header (byte 0) is bad');
});

test('segments before the checkpoint are removed, changes before it are skipped', async () => {
  const files = (
    await makeLog(
      upTo(20).map(() => 1),
      600,
    )
  ).disk.files();
  const names = [...files.keys()];
  const second = files.get(segmentName(2));
  const before = (second && readHeader(second)?.prevId) ?? 0;
  expect(before).toBeGreaterThan(1);
  const position = { ...POSITION, firstSeq: 2, checkpointId: before + 1 };
  expect(await idsIn(files, position)).toEqual(upTo(20).slice(before + 1));
  const disk = new SimDisk(seeded(1));
  for (const [name, data] of files) disk.put(name, data);
  await recoverLog(disk, '/log', position);
  expect([...disk.files().keys()]).toEqual(names.slice(1));
});

test('a segment that was begun and not written is removed', async () => {
  const files = (await makeLog([3])).disk.files();
  const begun = [new Uint8Array(0), new Uint8Array(5000), files.get(FIRST)?.subarray(0, 20) ?? new Uint8Array(0)];
  // A recycled file still has the header and the records of its earlier life.
  begun.push(files.get(FIRST) ?? new Uint8Array(0));
  for (const data of begun) expect(await idsIn(new Map([...files, [segmentName(2), data]]))).toEqual(upTo(3));
});

test('records of an earlier life of a file are not taken for new ones', async () => {
  const { disk } = await makeLog([1, 1, 1, 1, 1]);
  const old = disk.files().get(FIRST) ?? new Uint8Array(0);
  const position = { ...POSITION, firstSeq: 2 };
  const reborn = new SimDisk(seeded(1));
  reborn.put(segmentName(2), old);
  expect(await idsIn(reborn.files(), position)).toEqual([]);
  // The records lie at the same places, only number of the segment and so the salt differ.
  const header: SegmentHeader = { version: 1, seq: 2, storeId: POSITION.storeId, prevSeq: 1, prevEnd: 0, prevId: 0 };
  const headed = withBytes(reborn.files(), segmentName(2), (data) => {
    putHeader(new DataView(data.buffer), data, header);
    return data;
  });
  expect(await idsIn(headed, position)).toEqual([]);
});

test('a file of another store, and one of a newer format, are refused', async () => {
  const foreign = (await makeLog([3], 1 << 20, 78n)).disk.files();
  await expect(idsIn(foreign)).rejects.toThrow('another store');
  const files = (await makeLog([3])).disk.files();
  const newer = withBytes(files, FIRST, (data) => {
    const header = readHeader(data);
    if (header !== null) putHeader(new DataView(data.buffer), data, { ...header, version: 2 });
    return data;
  });
  await expect(idsIn(newer)).rejects.toMatchObject({ code: -51, message: expect.stringContaining('newer release') });
});

test('ids that do not ascend are damage, though the checksum is right', async () => {
  const files = (await makeLog([2])).disk.files();
  const doubled = withBytes(files, FIRST, (data) => {
    const header = readHeader(data);
    if (header !== null) putHeader(new DataView(data.buffer), data, { ...header, prevId: 5 });
    return data;
  });
  await expect(idsIn(doubled)).rejects.toThrow('change 1 behind change 5');
});

test('a failing call leaves an error and no lost change', async () => {
  const files = (await makeLog([2, 3])).disk.files();
  const torn = withBytes(files, FIRST, (data) => data.subarray(0, -1));
  for (let call = 1; call < 20; call++) {
    const disk = new SimDisk(seeded(1), { call, kind: 'error' });
    for (const [name, data] of torn) disk.put(name, data.slice());
    disk.put(segmentName(2), new Uint8Array(9));
    const outcome = await recoverLog(disk, '/log', POSITION).then(
      ({ lastId }) => lastId,
      (error: unknown) => String(error),
    );
    if (call > disk.calls) {
      expect(outcome).toBe(4);
      return;
    }
    expect(outcome).toContain('EIO');
    expect(await idsIn(disk.restart('power cut').files())).toEqual(upTo(4));
  }
  throw new Error('recovery makes more calls than expected');
});
