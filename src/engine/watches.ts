/** Who watches which things, and what of a change they are told. */

import { ErrorCode, TiError } from '../errors.ts';
import type { Change } from '../model/change.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import type { Job } from '../model/jobs.ts';
import { checkRights, Right } from '../model/rights.ts';
import type { User } from '../model/users.ts';
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';
import { Encoder2019 } from '../wire/encode-2019.ts';
import type { Watcher, WatchScope, WatchWriter } from './api.ts';
import { collectionOfTarget } from './dialect-2019.ts';

const nothingNew = (): boolean => false;

export class Watches {
  private readonly database: Database;
  /** By collection, then by the id of a thing. */
  private readonly collections = new Map<Collection, Map<number, Set<Watcher>>>();

  constructor(database: Database) {
    this.database = database;
  }

  open(user: User | undefined, target: string | number, watcher: Watcher): WatchScope {
    const collection = collectionOfTarget(this.database, target);
    if (collection === null) throw new TiError(ErrorCode.LOOKUP, 'things are in collections, not in the root');
    checkRights(user, 'collection', collection, Right.JOIN);
    return {
      watch: (ids) => this.watch(collection, ids, watcher),
      unwatch: (ids) => {
        for (const id of ids) this.remove(collection, id, watcher);
      },
    };
  }

  private watch(collection: Collection, ids: readonly number[], watcher: Watcher): void {
    let things = this.collections.get(collection);
    if (things === undefined) {
      things = new Map();
      this.collections.set(collection, things);
    }
    for (const id of ids) {
      const thing = collection.things.get(id);
      if (thing === undefined) continue;
      let watchers = things.get(id);
      if (watchers === undefined) {
        watchers = new Set();
        things.set(id, watchers);
      }
      if (!watchers.has(watcher)) collection.watched++;
      watchers.add(watcher);
      this.begin(collection, thing, watcher);
    }
  }

  private begin(collection: Collection, thing: Thing, watcher: Watcher): void {
    watcher.began(this.database.changeId, thing.id, (w) => new Encoder2019(w).whole(thing, nothingNew, collection.attributes.of(thing.id)));
  }

  private remove(collection: Collection, id: number, watcher: Watcher): void {
    const things = this.collections.get(collection);
    const watchers = things?.get(id);
    if (things === undefined || watchers === undefined || !watchers.delete(watcher)) return;
    collection.watched--;
    if (watchers.size > 0) return;
    things.delete(id);
    if (things.size === 0) this.collections.delete(collection);
  }

  leave(watcher: Watcher): void {
    for (const [collection, things] of this.collections) for (const id of [...things.keys()]) this.remove(collection, id, watcher);
  }

  /** To be called after a change of users and collections: with a collection go its things, and with a user those that only tasks of the user held. */
  sweep(): void {
    for (const [collection, things] of this.collections) {
      const isThere = this.database.collections.get(collection.id) === collection;
      for (const id of [...things.keys()]) if (!isThere || !collection.things.has(id)) this.end(collection, things, id);
    }
  }

  /** Tells of a change that is in the log. `schema`: what the collection's was before it. */
  changed(collection: Collection, change: Change, schema: number): void {
    const things = this.collections.get(collection);
    if (things === undefined || change.jobs === null) return;
    // A type that changed may have changed its instances without a word of each.
    if (collection.schema !== schema) this.beginAgain(collection, things);
    else this.tell(collection, things, change.id, change.jobs);
    for (const job of change.jobs) if (job.kind === 'gone') this.end(collection, things, job.thing.id);
  }

  private beginAgain(collection: Collection, things: ReadonlyMap<number, ReadonlySet<Watcher>>): void {
    for (const [id, watchers] of things) {
      const thing = collection.things.get(id);
      if (thing !== undefined) for (const watcher of watchers) this.begin(collection, thing, watcher);
    }
  }

  private end(collection: Collection, things: ReadonlyMap<number, ReadonlySet<Watcher>>, id: number): void {
    for (const watcher of [...(things.get(id) ?? [])]) {
      watcher.gone(id);
      this.remove(collection, id, watcher);
    }
  }

  private tell(collection: Collection, things: ReadonlyMap<number, ReadonlySet<Watcher>>, changeId: number, jobs: readonly Job[]): void {
    const fresh = new Set<Thing>();
    const byThing = new Map<Thing, Job[]>();
    for (const job of jobs) {
      if (job.kind === 'whole') fresh.add(job.thing);
      if (!things.has(job.thing.id) || job.kind === 'gone') continue;
      const own = byThing.get(job.thing);
      if (own === undefined) byThing.set(job.thing, [job]);
      else own.push(job);
    }
    for (const [thing, own] of byThing) {
      const watchers = things.get(thing.id) as ReadonlySet<Watcher>;
      const isWhole = own.some((job) => job.kind === 'whole');
      for (const watcher of watchers) {
        if (isWhole) this.begin(collection, thing, watcher);
        else watcher.changed(changeId, thing.id, (w) => writeJobs(w, own, fresh));
      }
    }
  }
}

/** Things that are new with the change are told whole where they come first, and by their ids after that. */
function writeJobs(w: WatchWriter, jobs: readonly Job[], fresh: ReadonlySet<Thing>): void {
  const left = new Set(fresh);
  const encoder = new Encoder2019(w);
  const isNew = (thing: Thing): boolean => left.delete(thing);
  w.arrayHeader(jobs.length);
  for (const job of jobs) {
    w.mapHeader(1);
    w.str(job.kind);
    writeJob(w, job, (value) => encoder.told(value, isNew));
  }
}

function writeJob(w: WatchWriter, job: Job, write: (value: Value) => void): void {
  switch (job.kind) {
    case 'del':
    case 'unset':
      w.str(job.key);
      break;
    case 'assign':
    case 'set':
      w.mapHeader(1);
      w.str(job.key);
      write(job.value);
      break;
    case 'rename':
      w.mapHeader(1);
      w.str(job.key);
      w.str(job.to);
      break;
    case 'splice':
      w.mapHeader(1);
      w.str(job.key);
      w.arrayHeader(3 + job.items.length);
      w.int(job.start);
      w.int(job.count);
      w.int(job.items.length);
      for (const item of job.items) write(item);
      break;
    default:
      w.nil();
  }
}
