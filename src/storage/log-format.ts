/**
 * The bytes of a log segment. All numbers are little endian; a u64 holds a safe integer.
 *
 *     segment  header, then records without gaps, then anything (zeros of a preallocated file, bytes of a recycled one)
 *
 *     header   0  magic     8 bytes
 *              8  version   u32
 *             12  seq       u32   number of the segment, as in its file name
 *             16  store     8 bytes that differ from store to store
 *             24  prevSeq   u32   the segment before it, 0 for none
 *             28  prevEnd   u32   where the records of that one end
 *             32  prevId    u64   the last id of that one
 *             40  (zeros)
 *             60  crc       u32   of the bytes before
 *
 *     record   0  mark      u32   salt of the segment xor offset of the record in the file
 *              4  crc       u32   of all bytes behind it, seeded with the mark
 *              8  length    u32   of the data
 *             12  synced    u32   up to this offset the file was on the disk before this record was written
 *             16  id        u64   ascending; 0 in an end mark, the record of length 0 that a clean close leaves
 *             24  scope     u64
 *             32  data
 *
 * The salt depends on store and segment. So neither the rest of an earlier use of the file, nor a record at another place or of another
 * file, is ever taken for a record.
 *
 * `synced` tells a torn tail from damage. Writes reach the disk in any order, so after a power cut a bad record may be followed by good ones
 * of the same write; nothing of that write was acknowledged. But a good record that says `synced` behind the bad one proves that the bad one was
 * on the disk once, and was maybe acknowledged: that is damage.
 */
import { crc32 } from './crc32.ts';

export const LOG_VERSION = 1;
export const HEADER_SIZE = 64;
export const RECORD_SIZE = 32;
/** The longest data of a record; a frame of the wire protocol is no longer either. */
export const MAX_DATA = 0x4000_0000;

const MAGIC = 0x0a0d_474f_4c2d_4954n; // the text "TI-LOG\r\n"
const HEADER_CRC = HEADER_SIZE - 4;

export interface SegmentHeader {
  readonly version: number;
  readonly seq: number;
  readonly storeId: bigint;
  readonly prevSeq: number;
  readonly prevEnd: number;
  readonly prevId: number;
}

/** A growing run of records; the room in front of them is for the header, when the run is the first of its file. */
export interface Batch {
  bytes: Uint8Array;
  view: DataView;
  /** Where the next record goes. */
  end: number;
  lastId: number;
  count: number;
}

/** A batch of this capacity or less is kept for the next time. */
const KEEP_CAPACITY = 1 << 22;
const START_CAPACITY = 1 << 16;

export function newBatch(): Batch {
  const bytes = new Uint8Array(START_CAPACITY);
  return { bytes, view: new DataView(bytes.buffer), end: HEADER_SIZE, lastId: 0, count: 0 };
}

export function clearBatch(batch: Batch): void {
  batch.end = HEADER_SIZE;
  batch.count = 0;
  if (batch.bytes.length <= KEEP_CAPACITY) return;
  batch.bytes = new Uint8Array(START_CAPACITY);
  batch.view = new DataView(batch.bytes.buffer);
}

/** Adds a record, all but the fields that depend on its place: those are for `sealBatch`. */
export function addRecord(batch: Batch, id: number, scope: number, data: Uint8Array): void {
  const at = batch.end;
  const end = at + RECORD_SIZE + data.length;
  if (end > batch.bytes.length) growBatch(batch, end);
  const view = batch.view;
  view.setUint32(at + 8, data.length, true);
  putSafeInteger(view, at + 16, id);
  putSafeInteger(view, at + 24, scope);
  batch.bytes.set(data, at + RECORD_SIZE);
  batch.end = end;
  batch.lastId = id;
  batch.count++;
}

function growBatch(batch: Batch, needed: number): void {
  const grown = new Uint8Array(Math.max(needed, batch.bytes.length * 2));
  grown.set(batch.bytes.subarray(0, batch.end));
  batch.bytes = grown;
  batch.view = new DataView(grown.buffer);
}

/** Completes the records of a batch that goes to the file offset `position`, of a file that is on the disk up to `synced`. */
export function sealBatch(batch: Batch, salt: number, position: number, synced: number): void {
  const { bytes, view, end } = batch;
  const shift = position - HEADER_SIZE;
  for (let at = HEADER_SIZE; at < end; ) {
    const next = at + RECORD_SIZE + view.getUint32(at + 8, true);
    const mark = (salt ^ (at + shift)) >>> 0;
    view.setUint32(at, mark, true);
    view.setUint32(at + 12, synced, true);
    view.setUint32(at + 4, crc32(bytes, at + 8, next, mark), true);
    at = next;
  }
}

export function putHeader(view: DataView, bytes: Uint8Array, header: SegmentHeader): void {
  bytes.fill(0, 0, HEADER_SIZE);
  view.setBigUint64(0, MAGIC, true);
  view.setUint32(8, header.version, true);
  view.setUint32(12, header.seq, true);
  view.setBigUint64(16, header.storeId, true);
  view.setUint32(24, header.prevSeq, true);
  view.setUint32(28, header.prevEnd, true);
  putSafeInteger(view, 32, header.prevId);
  view.setUint32(HEADER_CRC, crc32(bytes, 0, HEADER_CRC, 0), true);
}

/** The header, or null when the bytes are none. */
export function readHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < HEADER_SIZE) return null;
  const view = viewOf(bytes);
  if (view.getBigUint64(0, true) !== MAGIC || view.getUint32(HEADER_CRC, true) !== crc32(bytes, 0, HEADER_CRC, 0)) return null;
  return {
    version: view.getUint32(8, true),
    seq: view.getUint32(12, true),
    storeId: view.getBigUint64(16, true),
    prevSeq: view.getUint32(24, true),
    prevEnd: view.getUint32(28, true),
    prevId: getSafeInteger(view, 32),
  };
}

/** Differs for every two segments of a store. */
export function saltOf(storeId: bigint, seq: number): number {
  const view = new DataView(new ArrayBuffer(12));
  view.setBigUint64(0, storeId, true);
  view.setUint32(8, seq, true);
  return crc32(new Uint8Array(view.buffer), 0, 12, 0);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function putSafeInteger(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, value / 0x1_0000_0000, true);
}

/** The number; beyond the safe integers an inexact one, never less than 2^53. */
export function getSafeInteger(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}
