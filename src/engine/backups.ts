/**
 * Scheduled backups of a node. They belong to the node and not to the data: they are kept in a file of their own beside the store, and a restored store
 * has none of them. Backups are written one after another, while queries go on.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { BackupsView, NewBackup } from '../builtins/row.ts';
import { TiError } from '../errors.ts';
import type { MsgpackWriter } from '../msgpack/writer.ts';
import { Alarm, type Clock } from './clock.ts';

interface Schedule {
  readonly id: number;
  /** UNIX time in seconds. */
  readonly createdAt: number;
  readonly template: string;
  /** UNIX time in seconds; null: it does not run any more. */
  nextRun: number | null;
  /** Seconds between two runs; 0: it runs once. */
  readonly repeat: number;
  readonly maxFiles: number;
  /** Of the last run; null before the first. */
  result: { readonly code: number; readonly message: string } | null;
  files: string[];
}

interface Saved {
  readonly nextId: number;
  readonly schedules: readonly Schedule[];
}

export interface BackupHost {
  readonly clock: Clock;
  /** Where the schedules are kept; null: only in memory. */
  readonly file: string | null;
  /** The id of the last change. */
  changeId(): number;
  /** Writes a backup into a file. Rejects with TiError. */
  write(file: string): Promise<unknown>;
  onWarning(message: string): void;
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
const bytes = (text: string): string => Buffer.from(text, 'utf8').latin1Slice();

/** `2026-11-22 18:14:44Z` */
const dateText = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** Why something failed, as text of JavaScript. */
function reasonOf(error: unknown): string {
  if (error instanceof TiError) return utf8(error.message);
  return error instanceof Error ? error.message : String(error);
}

/** The name of a file: `{DATE}` as `20261122` and `{TIME}` as `181444`, both in UTC, and `{CHANGE_ID}`. */
export function fileName(template: string, seconds: number, changeId: number): string {
  const digits = new Date(seconds * 1000).toISOString().replaceAll(/[-:T]/g, '');
  return template
    .replaceAll('{DATE}', digits.slice(0, 8))
    .replaceAll('{TIME}', digits.slice(8, 14))
    .replaceAll('{CHANGE_ID}', String(changeId));
}

export class Backups implements BackupsView {
  private readonly host: BackupHost;
  private readonly alarm: Alarm;
  private schedules: Schedule[] = [];
  private nextId = 0;
  private running: Promise<void> | null = null;
  private isOn = false;

  constructor(host: BackupHost) {
    this.host = host;
    this.alarm = new Alarm(host.clock, () => this.ring());
    this.load();
  }

  /** From now on backups run; those whose time has passed at once. */
  start(): void {
    this.isOn = true;
    this.arm();
  }

  /** Resolves when the backup that is being written is there. */
  async stop(): Promise<void> {
    this.isOn = false;
    this.alarm.set(Number.POSITIVE_INFINITY);
    await this.running;
  }

  private now(): number {
    return Math.floor(this.host.clock.now() / 1000);
  }

  // --- what scripts ask for ---

  add({ template, start, repeat, maxFiles }: NewBackup): number {
    const now = this.now();
    const id = this.nextId;
    const schedule: Schedule = {
      id,
      createdAt: now,
      template: utf8(template),
      nextRun: start ?? now,
      repeat,
      maxFiles,
      result: null,
      files: [],
    };
    this.nextId++;
    this.schedules.push(schedule);
    this.save();
    this.arm();
    return id;
  }

  private find(id: number): Schedule | undefined {
    return this.schedules.find((schedule) => schedule.id === id);
  }

  has(id: number): boolean {
    return this.find(id) !== undefined;
  }

  ids(): readonly number[] {
    return this.schedules.map(({ id }) => id);
  }

  get isOk(): boolean {
    return this.schedules.every(({ result }) => result === null || result.code === 0);
  }

  /** How many will run. */
  get scheduled(): number {
    return this.schedules.filter(({ nextRun }) => nextRun !== null).length;
  }

  remove(id: number, withFiles: boolean): void {
    const schedule = this.find(id);
    if (schedule === undefined) return;
    this.schedules = this.schedules.filter((other) => other !== schedule);
    if (withFiles) for (const file of schedule.files) this.removeFile(file);
    this.save();
    this.arm();
  }

  writeInfo(w: MsgpackWriter, id: number): void {
    const schedule = this.find(id);
    if (schedule === undefined) throw new Error(`no backup ${id}`);
    const { nextRun, repeat, result } = schedule;
    const facts: (readonly [string, string | number])[] = [
      ['id', id],
      ['created_at', schedule.createdAt],
      ['file_template', schedule.template],
    ];
    if (nextRun !== null) facts.push(['next_run', nextRun <= this.now() ? 'pending' : dateText(nextRun)]);
    if (repeat > 0) facts.push(['repeat', repeat], ['max_files', schedule.maxFiles]);
    if (result !== null) facts.push(['result_message', result.message], ['result_code', result.code]);
    w.mapHeader(facts.length + 1);
    for (const [name, fact] of facts) {
      w.str(name);
      if (typeof fact === 'string') w.str(bytes(fact));
      else w.int(fact);
    }
    w.str('files');
    w.arrayHeader(schedule.files.length);
    for (const file of schedule.files) w.str(bytes(file));
  }

  // --- running ---

  private arm(): void {
    if (!this.isOn || this.running !== null) return;
    const times = this.schedules.flatMap(({ nextRun }) => (nextRun === null ? [] : [nextRun]));
    this.alarm.set(Math.min(...times, Number.POSITIVE_INFINITY));
  }

  private ring(): void {
    const due = this.schedules.find(({ nextRun }) => nextRun !== null && nextRun <= this.now());
    if (!this.isOn || due === undefined) {
      this.arm();
      return;
    }
    this.running = this.run(due).finally(() => {
      this.running = null;
      this.arm();
    });
  }

  private async run(schedule: Schedule): Promise<void> {
    const file = fileName(schedule.template, this.now(), this.host.changeId());
    try {
      const folder = dirname(file);
      // Only the last folder, so that a path that was mistyped makes none.
      if (!existsSync(folder)) mkdirSync(folder);
      await this.host.write(file);
      schedule.result = { code: 0, message: `success - ${dateText(this.now())}` };
      schedule.files = [...schedule.files.filter((other) => other !== file), file];
      while (schedule.files.length > schedule.maxFiles) this.removeFile(schedule.files.shift() as string);
    } catch (error) {
      schedule.result = { code: 1, message: reasonOf(error) };
      this.host.onWarning(bytes(`backup ${schedule.id} failed: ${schedule.result.message}`));
    }
    schedule.nextRun = this.after(schedule);
    this.save();
  }

  /** The next time of the schedule that has not passed. */
  private after({ nextRun, repeat }: Schedule): number | null {
    if (nextRun === null || repeat <= 0) return null;
    return nextRun + repeat * (Math.floor(Math.max(0, this.now() - nextRun) / repeat) + 1);
  }

  private removeFile(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch (error) {
      this.host.onWarning(bytes(`cannot remove the backup \`${file}\`: ${reasonOf(error)}`));
    }
  }

  // --- the file ---

  private load(): void {
    const { file } = this.host;
    if (file === null || !existsSync(file)) return;
    try {
      const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved;
      this.nextId = saved.nextId;
      this.schedules = [...saved.schedules];
    } catch (error) {
      this.host.onWarning(bytes(`the schedule of backups, \`${basename(file)}\`, cannot be read: ${reasonOf(error)}`));
    }
  }

  private save(): void {
    const { file } = this.host;
    if (file === null) return;
    const saved: Saved = { nextId: this.nextId, schedules: this.schedules };
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    } catch (error) {
      this.host.onWarning(bytes(`the schedule of backups cannot be written: ${reasonOf(error)}`));
    }
  }
}
