/**
 * A disk in memory that forgets like a real one. A write is torn into sectors when the power goes before it is synced, each of which is there or
 * not; a name lives only when its folder was synced; a killed process leaves a part of what it was writing.
 */
import { constants } from 'node:fs';
import { basename } from 'node:path';
import type { FileSystem, WriteDone } from '../../src/storage/file-system.ts';

const SECTOR = 512;

type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly length: number };

interface Inode {
  data: Uint8Array;
  durable: Uint8Array;
  /** What is in `data` and not in `durable`, in order. */
  pending: Change[];
  /** Being written: in neither yet. */
  flying: Change | null;
}

type NameChange = (names: Map<string, Inode>) => void;

interface Open {
  readonly inode: Inode;
  readonly dsync: boolean;
}

export interface Fault {
  /** The number of the call that fails, from 1. */
  readonly call: number;
  /** `short`: a write does less than asked, which is no error. */
  readonly kind: 'error' | 'short';
}

export class SimDisk implements FileSystem {
  /** Calls so far. */
  calls = 0;
  /** The names of the calls, for messages. */
  readonly trace: string[] = [];
  private readonly random: () => number;
  private readonly fault: Fault | null;
  private stopAt: number;
  private names = new Map<string, Inode>();
  private durableNames = new Map<string, Inode>();
  private nameChanges: NameChange[] = [];
  private readonly opens = new Map<number, Open>();
  private nextFd = 100;

  /** From call `stopAt` on nothing happens any more, as when the process is dead. */
  constructor(random: () => number, fault: Fault | null = null, stopAt = Number.POSITIVE_INFINITY) {
    this.random = random;
    this.fault = fault;
    this.stopAt = stopAt;
  }

  get dead(): boolean {
    return this.calls >= this.stopAt;
  }

  files(): Map<string, Uint8Array> {
    return new Map([...this.names].map(([name, inode]) => [name, inode.data]));
  }

  put(name: string, data: Uint8Array): void {
    const inode: Inode = { data, durable: data.slice(), pending: [], flying: null };
    this.names.set(name, inode);
    this.durableNames.set(name, inode);
  }

  /** The disk after the process was killed, or the power went. What is left of the process can do nothing more here. */
  restart(how: 'kill' | 'power cut', fault: Fault | null = null, stopAt = Number.POSITIVE_INFINITY): SimDisk {
    this.stopAt = 0;
    const disk = new SimDisk(this.random, fault, stopAt);
    const names = how === 'kill' ? this.names : this.survivingNames();
    const copies = new Map<Inode, Inode>();
    for (const [name, inode] of names) {
      let copy = copies.get(inode);
      if (copy === undefined) {
        copy = how === 'kill' ? this.killed(inode) : this.powerless(inode);
        copies.set(inode, copy);
      }
      disk.names.set(name, copy);
      disk.durableNames.set(name, copy);
    }
    // What a killed process did is there, but still not on the disk.
    if (how === 'kill') {
      disk.durableNames = new Map([...this.durableNames].map(([name, inode]) => [name, copies.get(inode) ?? this.killed(inode)]));
      disk.nameChanges = this.nameChanges.map((change) => (map) => mapped(change, map, copies));
    }
    return disk;
  }

  open(path: string, flags: number): Promise<number> {
    return this.call('open', () => {
      const name = basename(path);
      let inode = this.names.get(name);
      if (inode === undefined) {
        if (!(flags & constants.O_CREAT)) throw failure('ENOENT', path);
        const created: Inode = { data: new Uint8Array(0), durable: new Uint8Array(0), pending: [], flying: null };
        inode = created;
        this.changeNames((names) => names.set(name, created));
      } else if (flags & constants.O_EXCL) throw failure('EEXIST', path);
      if (flags & constants.O_TRUNC) this.change(inode, { length: 0 });
      this.opens.set(this.nextFd, { inode, dsync: (flags & constants.O_DSYNC) !== 0 });
      return this.nextFd++;
    });
  }

  close(fd: number): Promise<void> {
    return this.call('close', () => {
      if (!this.opens.delete(fd)) throw failure('EBADF', String(fd));
    });
  }

  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number, done: WriteDone): void {
    const { inode, dsync } = this.opened(fd);
    const copy = bytes.slice(offset, offset + length);
    inode.flying = { at: position, bytes: copy };
    this.call('write', (fault) => {
      inode.flying = null;
      const written = fault === null || copy.length < 2 ? copy.length : Math.floor(this.random() * copy.length);
      const part = copy.subarray(0, written);
      this.writeTo(inode, { at: position, bytes: part }, dsync && fault?.kind !== 'error');
      if (fault?.kind === 'error') throw failure('EIO', 'write');
      return written;
    }).then(
      (written) => done(null, written),
      (error: Error) => done(error, 0),
    );
  }

  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    const { inode, dsync } = this.opened(fd);
    this.calls++;
    this.trace.push('writeSync');
    const fault = this.faulty();
    const change = { at: position, bytes: bytes.slice(offset, offset + length) };
    if (this.dead) inode.flying = change;
    if (this.dead || fault?.kind === 'error') throw failure('EIO', 'writeSync');
    const written = fault === null || length < 2 ? length : 1 + Math.floor(this.random() * (length - 1));
    const part = { at: position, bytes: change.bytes.subarray(0, written) };
    this.writeTo(inode, part, dsync);
    return written;
  }

  datasync(fd: number): Promise<void> {
    const { inode } = this.opened(fd);
    return this.call('datasync', () => {
      inode.durable = inode.data.slice();
      inode.pending = [];
    });
  }

  truncate(fd: number, length: number): Promise<void> {
    const { inode } = this.opened(fd);
    return this.call('truncate', () => this.change(inode, { length }));
  }

  readFileSync(path: string): Uint8Array {
    this.calls++;
    this.trace.push('readFileSync');
    if (this.faulty()?.kind === 'error') throw failure('EIO', 'readFileSync');
    const inode = this.names.get(basename(path));
    if (inode === undefined) throw failure('ENOENT', path);
    return inode.data.slice();
  }

  readdir(): Promise<string[]> {
    return this.call('readdir', () => [...this.names.keys()]);
  }

  rename(from: string, to: string): Promise<void> {
    return this.call('rename', () => {
      const inode = this.names.get(basename(from));
      if (inode === undefined) throw failure('ENOENT', from);
      this.changeNames((names) => {
        names.delete(basename(from));
        names.set(basename(to), inode);
      });
    });
  }

  unlink(path: string): Promise<void> {
    return this.call('unlink', () => {
      if (!this.names.has(basename(path))) throw failure('ENOENT', path);
      this.changeNames((names) => names.delete(basename(path)));
    });
  }

  mkdir(): Promise<void> {
    return this.call('mkdir', () => undefined);
  }

  syncDir(): Promise<void> {
    return this.call('syncDir', () => {
      this.durableNames = new Map(this.names);
      this.nameChanges = [];
    });
  }

  private opened(fd: number): Open {
    const open = this.opens.get(fd);
    if (open === undefined) throw failure('EBADF', String(fd));
    return open;
  }

  private faulty(): Fault | null {
    return this.fault !== null && this.fault.call === this.calls ? this.fault : null;
  }

  /** Does a call some time later; never, when the process is dead by then. */
  private call<T>(name: string, action: (fault: Fault | null) => T): Promise<T> {
    this.calls++;
    this.trace.push(name);
    const fault = this.faulty();
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        if (this.dead) return;
        try {
          if (fault?.kind === 'error' && name !== 'write') throw failure('EIO', name);
          resolve(action(fault));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  private change(inode: Inode, change: Change): void {
    inode.data = applied(inode.data, change);
    inode.pending.push(change);
  }

  private writeTo(inode: Inode, change: Change, synced: boolean): void {
    if (!synced) this.change(inode, change);
    else {
      inode.data = applied(inode.data, change);
      inode.durable = applied(inode.durable, change);
    }
  }

  private changeNames(change: NameChange): void {
    change(this.names);
    this.nameChanges.push(change);
  }

  private survivingNames(): Map<string, Inode> {
    const names = new Map(this.durableNames);
    for (const change of this.nameChanges) if (this.random() < 0.5) change(names);
    return names;
  }

  private killed(inode: Inode): Inode {
    let { data } = inode;
    const pending = [...inode.pending];
    const { flying } = inode;
    if (flying !== null && 'bytes' in flying && this.random() < 0.7) {
      const part = { at: flying.at, bytes: flying.bytes.subarray(0, Math.floor(this.random() * (flying.bytes.length + 1))) };
      data = applied(data, part);
      pending.push(part);
    }
    return { data, durable: inode.durable, pending, flying: null };
  }

  private powerless(inode: Inode): Inode {
    let data: Uint8Array = inode.durable.slice();
    const changes = inode.flying === null ? inode.pending : [...inode.pending, inode.flying];
    for (const change of changes) for (const part of sectors(change)) if (this.random() < 0.5) data = applied(data, part);
    return { data, durable: data.slice(), pending: [], flying: null };
  }
}

function applied(data: Uint8Array, change: Change): Uint8Array {
  if ('length' in change) {
    const cut = new Uint8Array(change.length);
    cut.set(data.subarray(0, change.length));
    return cut;
  }
  const end = change.at + change.bytes.length;
  const grown = new Uint8Array(Math.max(data.length, end));
  grown.set(data);
  grown.set(change.bytes, change.at);
  return grown;
}

function* sectors(change: Change): Generator<Change> {
  if ('length' in change) {
    yield change;
    return;
  }
  const end = change.at + change.bytes.length;
  for (let at = change.at; at < end; ) {
    const next = Math.min(end, at - (at % SECTOR) + SECTOR);
    yield { at, bytes: change.bytes.subarray(at - change.at, next - change.at) };
    at = next;
  }
}

/** Applies a change of names that speaks of the inodes of an earlier life. */
function mapped(change: NameChange, names: Map<string, Inode>, copies: Map<Inode, Inode>): void {
  change(names);
  for (const [name, inode] of names) {
    const copy = copies.get(inode);
    if (copy !== undefined) names.set(name, copy);
  }
}

function failure(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

/** Random numbers from a seed. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
