/** The breakpoints of a person at a terminal: they have numbers of their own, and outlive the runs of the script. */
import {
  type BreakpointInfo,
  type BreakpointSpec,
  type FunctionBreakpointSpec,
  type Place,
  refOf,
  type SourceInfo,
} from '../../debug/protocol.ts';
import type { Session } from '../../debug/session.ts';

export type Entry = {
  readonly number: number;
  /** Its id in the present run, and where it is there. */
  id: number;
  place: Place | null;
  message: string;
} & (
  | { readonly kind: 'line'; readonly source: SourceInfo; spec: BreakpointSpec }
  | { readonly kind: 'function'; spec: FunctionBreakpointSpec }
);

/** Whether two texts are the same, in whatever runs. */
const isSame = (a: SourceInfo, b: SourceInfo): boolean => a.path === b.path && (a.path !== null || a.name === b.name);

export class BreakpointList {
  private readonly all: Entry[] = [];
  private lastNumber = 0;

  get entries(): readonly Entry[] {
    return this.all;
  }

  /** The lines of a text that have one. */
  linesIn(source: SourceInfo): ReadonlySet<number> {
    return new Set(this.all.flatMap((entry) => (entry.kind === 'line' && isSame(entry.source, source) ? (entry.place?.line ?? []) : [])));
  }

  find(number: number): Entry | undefined {
    return this.all.find((entry) => entry.number === number);
  }

  byId(id: number): Entry | undefined {
    return this.all.find((entry) => entry.id === id);
  }

  async addLine(session: Session, source: SourceInfo, spec: BreakpointSpec): Promise<Entry> {
    const entry: Entry = { kind: 'line', number: ++this.lastNumber, id: 0, place: null, message: '', source, spec };
    this.all.push(entry);
    await this.sendLines(session, source);
    return entry;
  }

  async addFunction(session: Session, spec: FunctionBreakpointSpec): Promise<Entry> {
    const entry: Entry = { kind: 'function', number: ++this.lastNumber, id: 0, place: null, message: '', spec };
    this.all.push(entry);
    await this.sendFunctions(session);
    return entry;
  }

  /** Gives a breakpoint a condition, or a count of hits; an empty text takes it away. */
  async change(session: Session, entry: Entry, more: Pick<BreakpointSpec, 'condition' | 'hits'>): Promise<void> {
    if (entry.kind === 'line') entry.spec = { ...entry.spec, ...more };
    else entry.spec = { ...entry.spec, ...more };
    await this.send(session, entry);
  }

  async remove(session: Session, entry: Entry): Promise<void> {
    this.forget(entry);
    await this.send(session, entry);
  }

  /** To be called for one that is gone by itself. */
  forget(entry: Entry): void {
    const at = this.all.indexOf(entry);
    if (at >= 0) this.all.splice(at, 1);
  }

  private send(session: Session, entry: Entry): Promise<void> {
    return entry.kind === 'line' ? this.sendLines(session, entry.source) : this.sendFunctions(session);
  }

  /** Tells a new run of all. */
  async sendAll(session: Session): Promise<void> {
    const sources: SourceInfo[] = [];
    for (const entry of this.all) {
      if (entry.kind === 'line' && !sources.some((one) => isSame(one, entry.source))) sources.push(entry.source);
    }
    for (const source of sources) await this.sendLines(session, source);
    await this.sendFunctions(session);
  }

  private async sendLines(session: Session, source: SourceInfo): Promise<void> {
    const entries = this.all.filter((entry) => entry.kind === 'line' && isSame(entry.source, source));
    const breakpoints = entries.map((entry) => entry.spec as BreakpointSpec);
    keep(entries, await session.ask('setBreakpoints', { source: refOf(source), breakpoints }));
  }

  private async sendFunctions(session: Session): Promise<void> {
    const entries = this.all.filter((entry) => entry.kind === 'function');
    const breakpoints = entries.map((entry) => entry.spec as FunctionBreakpointSpec);
    keep(entries, await session.ask('setFunctionBreakpoints', { breakpoints }));
  }
}

function keep(entries: readonly Entry[], infos: readonly BreakpointInfo[]): void {
  entries.forEach((entry, i) => {
    const info = infos[i];
    if (info === undefined) return;
    entry.id = info.id;
    entry.place = info.place;
    entry.message = info.message;
  });
}
