/**
 * Checks the pages of an LMDB file before LMDB maps them: it trusts what it reads, so that a damaged page may crash the process, hide records, or have live pages
 * overwritten. Records have checksums of their own (`record-codec.ts`); this is about what leads to them.
 *
 *     page    0  number u64, transaction u64, pad u16, flags u16, lower u16 and upper u16 (or, of a run of overflow pages, how many u32)
 *            24  offsets of nodes, u16 each, counted from here
 *     node    0  size of the data or number of the child, flags u16, size of the key u16, key, data
 *     tree    0  pad u32, flags u16, depth u16, branch, leaf and overflow pages u64 each, entries u64, root u64
 *     root   24  magic u32, version u32, address u64, size u64, tree of free pages, main tree, last page u64, transaction u64
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { TiError } from '../errors.ts';
import { damageErr } from './store-error.ts';

const HEADER = 24;
const NODE = 8;
const TREE_SIZE = 48;
const Flag = { BRANCH: 1, LEAF: 2, OVERFLOW: 4, META: 8, KINDS: 15 } as const;
const NodeFlag = { BIG: 1, TREE: 2 } as const;
const INTEGER_KEYS = 8;
const MAGIC = 0xbeefc0de;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;
/** Deeper trees would need more pages than there are bytes. */
const MAX_DEPTH = 32;
/** The leaves of trees up to this size, and the beginnings of longer data, are looked at whenever a store is opened, which takes some ten milliseconds; those of larger ones by `verify`. */
const QUICK_LEAVES = 4096;

interface Tree {
  readonly name: string;
  readonly flags: number;
  readonly depth: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly entries: number;
  /** -1: it is empty. */
  readonly root: number;
}

interface Root {
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  readonly transaction: number;
}

/** Throws TiError (-1) when the file is damaged. `isThorough`: with all leaves, however many they are, and the list of free pages. */
export function checkPages(path: string, isThorough: boolean): void {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size > 0) new PageCheck(path, fd, size, isThorough).run();
  } finally {
    closeSync(fd);
  }
}

class PageCheck {
  private readonly path: string;
  private readonly fd: number;
  private readonly fileSize: number;
  private readonly isThorough: boolean;
  private pageSize = 0;
  private pages = 0;
  private transaction = 0;
  private lastPage = 0;
  private leaves = 0;
  private readsOverflow = false;
  private entries = 0;
  /** Which pages a tree has. */
  private used = new Uint8Array(0);
  private readonly subtrees: Tree[] = [];
  private readonly freePages = new Set<number>();

  constructor(path: string, fd: number, fileSize: number, isThorough: boolean) {
    this.path = path;
    this.fd = fd;
    this.fileSize = fileSize;
    this.isThorough = isThorough;
  }

  private fail(page: number, what: string): never {
    throw damageErr(this.path, `page ${page} ${what}`);
  }

  private foreign(): TiError {
    return damageErr(this.path, 'it is no LMDB file, or one without its beginning');
  }

  run(): void {
    const root = this.root();
    this.transaction = root.transaction;
    this.lastPage = root.lastPage;
    // Free pages at the end need not be in the file.
    this.pages = Math.min(root.lastPage + 1, Math.floor(this.fileSize / this.pageSize));
    this.used = new Uint8Array(this.pages);
    this.used[0] = 1;
    this.used[1] = 1;
    this.tree(root.main);
    for (let next = this.subtrees.pop(); next !== undefined; next = this.subtrees.pop()) this.tree(next);
    this.tree(root.free);
    this.compareFree();
  }

  private root(): Root {
    const head = this.read(0, HEADER + 8 + 8 + 8 + 4, 0);
    if (head.readUInt32LE(HEADER) !== MAGIC) throw this.foreign();
    this.pageSize = head.readUInt32LE(HEADER + 24);
    const { pageSize } = this;
    if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) this.fail(0, `tells of pages of ${pageSize} bytes`);
    const roots = [0, 1].map((number) => this.rootOf(number));
    return roots.reduce((a, b) => (b.transaction > a.transaction ? b : a));
  }

  private rootOf(number: number): Root {
    const page = this.read(number * this.pageSize, this.pageSize, number);
    if (page.readUInt16LE(18) !== Flag.META || page.readUInt32LE(HEADER) !== MAGIC) throw this.foreign();
    const at = HEADER + 24;
    const free = this.treeAt(page, at, 'the list of free pages', number);
    const main = this.treeAt(page, at + TREE_SIZE, 'the main tree', number);
    const lastPage = this.safe(page, at + 2 * TREE_SIZE, number);
    return { free, main, lastPage, transaction: this.safe(page, at + 2 * TREE_SIZE + 8, number) };
  }

  private treeAt(bytes: Buffer, at: number, name: string, page: number): Tree {
    const root = bytes.readBigUInt64LE(at + 40);
    return {
      name,
      flags: bytes.readUInt16LE(at + 4),
      depth: bytes.readUInt16LE(at + 6),
      leaves: this.safe(bytes, at + 16, page),
      overflows: this.safe(bytes, at + 24, page),
      entries: this.safe(bytes, at + 32, page),
      root: root === NO_ROOT ? -1 : this.safe(bytes, at + 40, page),
    };
  }

  private safe(bytes: Buffer, at: number, page: number): number {
    const value = bytes.readBigUInt64LE(at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(page, `has a number out of bounds at byte ${at}`);
    return Number(value);
  }

  private read(at: number, length: number, page: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    if (readSync(this.fd, bytes, 0, length, at) !== length) this.fail(page, 'is missing: the file is cut off');
    return bytes;
  }

  /** Reads a page that belongs to a tree, once. */
  private page(number: number, from: number): Buffer {
    this.claim(number, 1, from);
    const page = this.read(number * this.pageSize, this.pageSize, number);
    if (this.safe(page, 0, number) !== number) this.fail(number, 'has the number of another');
    if (this.safe(page, 8, number) > this.transaction) this.fail(number, 'is of a transaction that was not committed');
    return page;
  }

  private claim(number: number, count: number, from: number): void {
    if (number < 2 || number + count > this.pages) this.fail(from, `leads to page ${number}, which is not there`);
    for (let i = number; i < number + count; i++) {
      if (this.used[i] !== 0) this.fail(i, 'belongs to two places');
      this.used[i] = 1;
    }
  }

  private tree(tree: Tree): void {
    this.leaves = 0;
    this.readsOverflow = this.isThorough || tree.overflows <= QUICK_LEAVES;
    this.entries = 0;
    if (tree.root < 0) {
      if (tree.entries > 0) throw damageErr(this.path, `${tree.name} has entries and no pages`);
      return;
    }
    if (tree.depth < 1 || tree.depth > MAX_DEPTH) throw damageErr(this.path, `${tree.name} is ${tree.depth} pages deep`);
    const readsLeaves = this.isThorough || tree.leaves <= QUICK_LEAVES;
    this.branch(tree, tree.root, 0, tree.depth, null, null, readsLeaves);
    if (this.leaves !== tree.leaves) throw damageErr(this.path, `${tree.name} has ${this.leaves} leaves, ${tree.leaves} are expected`);
    if (readsLeaves && this.entries !== tree.entries) {
      throw damageErr(this.path, `${tree.name} has ${this.entries} entries, ${tree.entries} are expected`);
    }
  }

  /** Checks what is below a page, whose keys must be from `low` on and before `high`. */
  private branch(
    tree: Tree,
    number: number,
    from: number,
    depth: number,
    low: Buffer | null,
    high: Buffer | null,
    readsLeaves: boolean,
  ): void {
    if (depth === 1) {
      this.leaves++;
      if (readsLeaves) this.leaf(tree, number, from, low, high);
      else this.claim(number, 1, from);
      return;
    }
    const page = this.page(number, from);
    const nodes = this.nodes(page, number, Flag.BRANCH);
    const keys = nodes.map((at, i) => (i === 0 ? low : this.key(page, number, at)));
    if (!isOrdered(tree, keys.slice(low === null ? 1 : 0), high)) this.fail(number, 'has its keys in a wrong order');
    nodes.forEach((at, i) => {
      const child = page.readUInt16LE(at) + page.readUInt16LE(at + 2) * 0x1_0000 + page.readUInt16LE(at + 4) * 0x1_0000_0000;
      this.branch(tree, child, number, depth - 1, keys[i] ?? null, keys[i + 1] ?? high, readsLeaves);
    });
  }

  /** Where the nodes of a page begin. */
  private nodes(page: Buffer, number: number, kind: number): number[] {
    if ((page.readUInt16LE(18) & Flag.KINDS) !== kind) this.fail(number, 'is of another kind than expected');
    const lower = page.readUInt16LE(20);
    const upper = page.readUInt16LE(22);
    const room = this.pageSize - HEADER;
    if (lower > upper || upper > room || lower % 2 !== 0 || lower === 0) this.fail(number, 'has its bounds wrong');
    const nodes: number[] = [];
    for (let at = 0; at < lower; at += 2) {
      const node = page.readUInt16LE(HEADER + at);
      if (node < upper || node + NODE > room) this.fail(number, 'has a node out of its bounds');
      nodes.push(HEADER + node);
    }
    return nodes;
  }

  private key(page: Buffer, number: number, at: number): Buffer {
    const end = at + NODE + page.readUInt16LE(at + 6);
    if (end > this.pageSize) this.fail(number, 'has a key out of its bounds');
    return page.subarray(at + NODE, end);
  }

  private leaf(tree: Tree, number: number, from: number, low: Buffer | null, high: Buffer | null): void {
    const page = this.page(number, from);
    const nodes = this.nodes(page, number, Flag.LEAF);
    const keys = nodes.map((at) => this.key(page, number, at));
    if (!isOrdered(tree, low === null ? keys : [low, ...keys], high, low !== null)) this.fail(number, 'has its keys in a wrong order');
    this.entries += nodes.length;
    nodes.forEach((at, i) => {
      this.data(tree, page, number, at, keys[i] as Buffer);
    });
  }

  private data(tree: Tree, page: Buffer, number: number, at: number, key: Buffer): void {
    const size = page.readUInt16LE(at) + page.readUInt16LE(at + 2) * 0x1_0000;
    const flags = page.readUInt16LE(at + 4);
    const start = at + NODE + key.length;
    const isBig = (flags & NodeFlag.BIG) !== 0;
    if (start + (isBig ? 8 : size) > this.pageSize) this.fail(number, 'has data out of its bounds');
    const big = isBig ? this.overflow(this.safe(page, start, number), size, number) : null;
    if ((flags & NodeFlag.TREE) !== 0) {
      if (isBig || size !== TREE_SIZE) this.fail(number, 'has a tree of a wrong size');
      this.subtrees.push(this.treeAt(page, start, `the tree \`${key.toString('latin1').replace(/\0$/, '')}\``, number));
    }
    if (tree.name === FREE)
      this.takeFree(big === null ? page.subarray(start, start + size) : this.read(big * this.pageSize + HEADER, size, big), number);
  }

  /** Checks a run of pages that holds data of so many bytes. */
  private overflow(number: number, size: number, from: number): number {
    const count = Math.ceil((HEADER + size) / this.pageSize);
    this.claim(number, count, from);
    if (!this.readsOverflow) return number;
    const head = this.read(number * this.pageSize, HEADER, number);
    if (
      this.safe(head, 0, number) !== number ||
      (head.readUInt16LE(18) & Flag.KINDS) !== Flag.OVERFLOW ||
      head.readUInt32LE(20) !== count
    ) {
      this.fail(number, 'is not the beginning of the data that is expected there');
    }
    return number;
  }

  /** Reads a list of free pages: how many entries, then each a page, a 0 for room to grow, or minus the length of a run and its first page. */
  private takeFree(list: Buffer, from: number): void {
    if (list.length < 8 || list.length % 8 !== 0) this.fail(from, 'has a damaged list of free pages');
    const count = this.safe(list, 0, from);
    if (count * 8 + 8 > list.length) this.fail(from, 'has a list of free pages that is too short');
    for (let i = 1; i <= count; i++) {
      const entry = list.readBigInt64LE(i * 8);
      if (entry >= 0n) {
        if (entry > 0n) this.takeFreeRun(this.safe(list, i * 8, from), 1, from);
        continue;
      }
      if (++i > count || -entry > BigInt(this.lastPage)) this.fail(from, 'has a damaged list of free pages');
      this.takeFreeRun(this.safe(list, i * 8, from), Number(-entry), from);
    }
  }

  private takeFreeRun(first: number, count: number, from: number): void {
    if (first < 2 || first + count - 1 > this.lastPage) this.fail(from, `tells that page ${first} is free, which is not there`);
    for (let free = first; free < first + count; free++) {
      if (this.freePages.has(free)) this.fail(from, `tells twice that page ${free} is free`);
      this.freePages.add(free);
    }
  }

  /** A page that is in use and told to be free would be overwritten. */
  private compareFree(): void {
    for (const free of this.freePages) {
      if (this.used[free] === 1) throw damageErr(this.path, `page ${free} is told to be free, and is in use`);
    }
  }
}

const FREE = 'the list of free pages';

/** Whether keys ascend, and all are before `high`. The first may equal the second when it is a bound. */
function isOrdered({ flags }: Tree, keys: readonly (Buffer | null)[], high: Buffer | null, isFirstBound = false): boolean {
  const isInteger = (flags & INTEGER_KEYS) !== 0;
  const compare = (a: Buffer, b: Buffer): number => {
    if (!isInteger) return Buffer.compare(a, b);
    return a.length === 8 && b.length === 8 ? Number(a.readBigUInt64LE() - b.readBigUInt64LE()) : 1;
  };
  for (let i = 1; i < keys.length; i++) {
    const order = compare(keys[i - 1] as Buffer, keys[i] as Buffer);
    if (order > 0 || (order === 0 && !(isFirstBound && i === 1))) return false;
  }
  const last = keys.at(-1);
  return high === null || last === undefined || last === null || compare(last, high) < 0;
}
