/** Tells each statement as it runs, with what it set, each call of a closure with its arguments, and each error. */
import { preview } from '../builtins/preview.ts';
import type { ProbeSite } from '../bytecode/probes.ts';
import type { FunctionCode } from '../bytecode/program.ts';
import type { TiError } from '../errors.ts';
import type { Value } from '../values/value.ts';
import type { Frame } from '../vm/frame.ts';
import type { Machine } from '../vm/machine.ts';
import type { Probe } from '../vm/probe.ts';
import { codeText, functionLabel, type Labels, placeLabel } from './labels.ts';
import { callsBuiltin } from './recorder.ts';

const PLACE_WIDTH = 20;

const text = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

export class Tracer implements Probe {
  private readonly labels: Labels;
  private readonly write: (line: string) => void;
  /** What the variables of each open frame were when they were last looked at. */
  private readonly seen: { readonly fn: FunctionCode; readonly values: (Value | undefined)[] }[] = [];
  private calling = '';

  /** `write` gets lines of text without their ends. */
  constructor(labels: Labels, write: (line: string) => void) {
    this.labels = labels;
    this.write = write;
  }

  reached(machine: Machine, frame: Frame, site: ProbeSite): void {
    const { depth } = machine;
    switch (site.kind) {
      case 'enter':
        this.enter(machine, frame, site);
        break;
      case 'leave':
        this.changes(machine, frame);
        break;
      case 'statement':
        this.changes(machine, frame);
        this.line(depth, placeLabel(frame.fn.program, site.start, this.labels), codeText(frame.fn.program.source, site.start, site.end));
        break;
      case 'call':
        this.calling = callsBuiltin(machine, frame) ? '' : site.name;
        break;
      case 'done':
        this.calling = '';
        break;
      case 'arm':
        break;
    }
  }

  raised(machine: Machine, error: TiError, isHandled: boolean): void {
    this.line(machine.depth, '', `! error ${error.code}${isHandled ? ', which is caught' : ''}: ${text(error.message)}`);
  }

  private line(depth: number, place: string, what: string): void {
    this.write(`${place.padEnd(PLACE_WIDTH)} ${'  '.repeat(depth - 1)}${what}`);
  }

  private locals(machine: Machine, { fn, fp }: Frame): (Value | undefined)[] {
    return fn.locals.map((_, slot) => (machine.stack as (Value | undefined)[])[fp + slot]);
  }

  private enter(machine: Machine, frame: Frame, { start }: ProbeSite): void {
    const { fn } = frame;
    const { depth } = machine;
    const values = this.locals(machine, frame);
    this.seen.length = depth;
    this.seen[depth - 1] = { fn, values };
    if (depth === 1) return;
    const given = fn.params.map((name, i) => `${text(name)}: ${shown(values[i])}`).join(', ');
    this.line(depth - 1, placeLabel(fn.program, start, this.labels), `  > ${functionLabel(fn, this.calling, this.labels)} with (${given})`);
  }

  /** Tells variables that have other values than when they were last looked at. */
  private changes(machine: Machine, frame: Frame): void {
    const { depth } = machine;
    const before = this.seen[depth - 1];
    if (before?.fn !== frame.fn) return;
    const now = this.locals(machine, frame);
    now.forEach((value, slot) => {
      if (value === undefined || Object.is(value, before.values[slot])) return;
      before.values[slot] = value;
      this.line(depth, '', `  ${text(frame.fn.locals[slot] as string)} = ${shown(value)}`);
    });
  }
}

const shown = (value: Value | undefined): string => (value === undefined ? 'nil' : preview(value));
