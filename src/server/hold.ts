/**
 * Answers that wait for the disk. An answer may tell of changes that a crash could still take back; it leaves when all changes up to the last
 * one that it could have seen are durable.
 */
export interface Receiver {
  /** Takes packages, to be sent when `sendReleased` is called, in place of so many bytes that were held. */
  released(packages: Buffer, heldBytes: number): void;
  sendReleased(): void;
}

interface Held {
  readonly receiver: Receiver;
  readonly changeId: number;
  readonly packages: Buffer;
}

export class HoldQueue {
  private entries: Held[] = [];

  /** How many wait. */
  get size(): number {
    return this.entries.length;
  }

  /** Change ids come in ascending order. */
  add(receiver: Receiver, changeId: number, packages: Buffer): void {
    this.entries.push({ receiver, changeId, packages });
  }

  /** Sends what waits for changes up to `durableId`: all that goes to one receiver at once. */
  release(durableId: number): void {
    const entries = this.entries;
    let count = 0;
    const receivers = new Set<Receiver>();
    for (const entry of entries) {
      if (entry.changeId > durableId) break;
      entry.receiver.released(entry.packages, entry.packages.length);
      receivers.add(entry.receiver);
      count += 1;
    }
    if (count === 0) return;
    this.entries = count === entries.length ? [] : entries.slice(count);
    for (const receiver of receivers) receiver.sendReleased();
  }

  /** Sends `replace(packages)` in place of all that waits, which will never be durable. */
  fail(replace: (packages: Buffer) => Buffer): void {
    const { entries } = this;
    this.entries = [];
    for (const { receiver, packages } of entries) receiver.released(replace(packages), packages.length);
    for (const receiver of new Set(entries.map((entry) => entry.receiver))) receiver.sendReleased();
  }
}
