/**
 * The changes that the reference server made after its last full store: files in the folder `archive`, each an array of packages. A package is a header of 8 bytes and
 * an array: number of the change, scope, then groups of a thing's id and steps, which are arrays of a number and an operand. The numbers were learned from such files.
 */
import { Change } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import { holdAll } from '../model/counts.ts';
import type { Database } from '../model/database.ts';
import { valuesBesideThings } from '../model/garbage.ts';
import { readCount, readInt } from '../model/read.ts';
import { valuesOf } from '../model/references.ts';
import type { ClosureLoader } from '../model/schema-records.ts';
import { Transaction } from '../model/transaction.ts';
import type { User } from '../model/users.ts';
import { MsgpackReader, Tok } from '../msgpack/reader.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import { CollectionSteps } from './collection-steps.ts';
import { ImportError, readFile, type StoreFiles } from './files.ts';
import { GlobalSteps } from './global-steps.ts';

const PACKAGE_HEADER = 8;

/** Applies all changes behind the last one of the full store. Throws ImportError. */
export function applyArchive(files: StoreFiles, database: Database, withPassword: User[], load: ClosureLoader): void {
  const paths = [...files.keys()].filter((path) => /^archive\/[0-9a-f]{16}_[0-9a-f]{16}\.mp$/.test(path)).sort();
  const later = paths.filter((path) => Number.parseInt(path.slice(-19, -3), 16) > database.changeId);
  if (later.length === 0) return;
  for (const collection of database.collections.values()) countAll(collection);
  const replay = new Replay(database, withPassword, load);
  for (const path of later) readFile(files, path, (r) => replay.file(r));
}

/** What drops out of use in a change leaves by these counts. */
function countAll(collection: Collection): void {
  collection.root.refs = 1;
  for (const thing of collection.things.values()) holdAll(collection, valuesOf(thing));
  holdAll(collection, [...valuesBesideThings(collection)]);
}

class Replay {
  private readonly database: Database;
  private readonly load: ClosureLoader;
  private readonly global: GlobalSteps;
  private readonly writer = new MsgpackWriter();

  constructor(database: Database, withPassword: User[], load: ClosureLoader) {
    this.database = database;
    this.load = load;
    this.global = new GlobalSteps(database, withPassword, load);
  }

  file(r: MsgpackReader): void {
    for (let left = readCount(r); left > 0; left--) {
      if (r.next() !== Tok.BIN) throw new Error('expected a change');
      const bytes = Buffer.from(r.bytes());
      this.change(new MsgpackReader(bytes.subarray(PACKAGE_HEADER)));
    }
  }

  private change(r: MsgpackReader): void {
    const { database } = this;
    let groups = readCount(r) - 2;
    const id = readInt(r);
    const scope = readInt(r);
    if (id <= database.changeId) return;
    if (id !== database.changeId + 1)
      throw new ImportError(`the archive has no change ${database.changeId + 1}, though it has change ${id}`);
    const collection = scope === 0 ? null : database.collections.get(scope);
    if (collection === undefined) throw new Error(`change ${id} is of collection ${scope}, which does not exist`);
    const tx = new Transaction(collection, new Change(id, this.writer));
    for (; groups > 0; groups--) {
      const steps = readCount(r) - 1;
      const thing = readInt(r);
      for (let left = steps; left > 0; left--) this.step(r, id, thing, tx);
    }
    tx.finish();
    database.changeId = id;
  }

  private step(r: MsgpackReader, id: number, thing: number, tx: Transaction): void {
    readCount(r);
    const step = readInt(r);
    const { collection } = tx;
    const isKnown = collection === null ? this.global.apply(r, step) : new CollectionSteps(r, collection, tx, this.load).apply(step, thing);
    if (isKnown) return;
    throw new ImportError(
      `change ${id} has a step ${step}, which this release cannot replay; have the reference server write all into the folder \`store\` first: ` +
        'start it with THINGSDB_THRESHOLD_FULL_STORAGE=1, make a few changes, and stop it when the folder `archive` is empty',
    );
  }
}
