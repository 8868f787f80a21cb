/** Pushes to a client that watches things, in the form of 2019 or in that of today. */
import type { Watcher, WatchWriter } from '../engine/api.ts';
import { type Codec2019, msgpackCodec, qpackCodec } from './codec-2019.ts';
import type { Connection } from './connection.ts';
import { makePackage, PackageType, PUSH_ID } from './framing.ts';

type Write = (w: WatchWriter) => void;

/** What the packages of a protocol are called and look like. */
interface Form {
  readonly codec: Codec2019;
  readonly id: number;
  readonly init: number;
  readonly update: number;
  readonly gone: number;
  readonly change: string;
  readonly jobs: string;
}

const EVENTS = { id: 0, init: 16, update: 17, gone: 18, change: 'event', jobs: 'jobs' } as const;
const CHANGES = {
  id: PUSH_ID,
  init: PackageType.WATCH_INIT,
  update: PackageType.WATCH_UPDATE,
  gone: PackageType.WATCH_DELETE,
  change: 'change',
  jobs: 'operations',
} as const;

class PushingWatcher implements Watcher {
  private readonly connection: Connection;
  private readonly form: Form;

  constructor(connection: Connection, form: Form) {
    this.connection = connection;
    this.form = form;
  }

  private push(type: number, write: Write): void {
    this.connection.push(makePackage(type, this.form.id, this.form.codec.pack(write)));
  }

  began(changeId: number, _thingId: number, write: Write): void {
    this.push(this.form.init, (w) => {
      w.mapHeader(2);
      w.str(this.form.change);
      w.int(changeId);
      w.str('thing');
      write(w);
    });
  }

  changed(changeId: number, thingId: number, write: Write): void {
    this.push(this.form.update, (w) => {
      w.mapHeader(3);
      w.str('#');
      w.int(thingId);
      w.str(this.form.change);
      w.int(changeId);
      w.str(this.form.jobs);
      write(w);
    });
  }

  gone(thingId: number): void {
    this.push(this.form.gone, (w) => {
      w.mapHeader(1);
      w.str('#');
      w.int(thingId);
    });
  }
}

/** A watcher that pushes as 2019 did: types 16 to 18, with `event` and `jobs`. */
export const watcher2019 = (connection: Connection, codec: Codec2019): Watcher => new PushingWatcher(connection, { codec, ...EVENTS });

/** A watcher that pushes in today's protocol: types 1 to 3, with `change` and `operations`. */
export const watcherOf = (connection: Connection): Watcher => new PushingWatcher(connection, { codec: msgpackCodec, ...CHANGES });

const STATUS_2019 = 19;

/** The state of the node, for those who speak QPack. */
export const statusPush2019 = (status: string): Buffer =>
  makePackage(
    STATUS_2019,
    0,
    qpackCodec.pack((w) => w.str(status)),
  );
