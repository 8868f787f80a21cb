/** How results of tests are told: to people as they come, and as TAP. */
import { renderDiagnostic } from '../../ast/position.ts';
import type { CaseResult, FileResult, TestRun } from '../../testing/run.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { failureText, messageOf, placesOf, placeText } from './failure-text.ts';

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  todo: number;
}

export interface Reporter {
  file(result: FileResult): void;
  /** `time`: milliseconds of the whole run. */
  end(totals: Totals, time: number): void;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass.
const visible = (bytes: string): string => fromBytes(bytes).replace(/[\x00-\x1f\x7f]/g, '?');

const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

const COLOURS = { passed: '32', failed: '31', skipped: '33', todo: '33', muted: '90' } as const;

export class PrettyReporter implements Reporter {
  private readonly io: Io;
  private readonly run: TestRun;

  constructor(io: Io, run: TestRun) {
    this.io = io;
    this.run = run;
  }

  private write(text: string): void {
    this.io.out.write(toBytes(`${text}\n`));
  }

  private paint(kind: keyof typeof COLOURS, text: string): string {
    return this.io.out.colored ? `\x1b[${COLOURS[kind]}m${text}\x1b[0m` : text;
  }

  file({ file, problems, cases }: FileResult): void {
    this.write(file.path);
    for (const { source, diagnostic } of problems) {
      const picture = renderDiagnostic(source.text, diagnostic, { name: source.path, colour: this.io.out.colored });
      this.write(indented(picture, '    '));
    }
    for (const result of cases) this.case(result);
  }

  private case({ name, outcome, time }: CaseResult): void {
    const { kind } = outcome;
    const told = visible(name);
    if (kind === 'skipped' || kind === 'todo') {
      this.write(`  ${this.paint(kind, '-')} ${told} ${this.paint('muted', kind === 'todo' ? '(to do)' : '(skipped)')}`);
      return;
    }
    this.write(`  ${this.paint(kind, kind === 'passed' ? '✓' : '✗')} ${told} ${this.paint('muted', `(${time.toFixed(1)} ms)`)}`);
    if (kind === 'failed') this.write(indented(failureText(outcome.failure, this.run, this.io.out.colored), '      '));
  }

  end(totals: Totals, time: number): void {
    const parts = [this.paint(totals.failed > 0 ? 'muted' : 'passed', `${totals.passed} passed`)];
    if (totals.failed > 0) parts.push(this.paint('failed', `${totals.failed} failed`));
    if (totals.skipped > 0) parts.push(`${totals.skipped} skipped`);
    if (totals.todo > 0) parts.push(`${totals.todo} to do`);
    this.write(`\n${parts.join(', ')} ${this.paint('muted', `(${time.toFixed(0)} ms)`)}`);
  }
}

/** The Test Anything Protocol, version 14. */
export class TapReporter implements Reporter {
  private readonly io: Io;
  private readonly run: TestRun;
  private count = 0;

  constructor(io: Io, run: TestRun) {
    this.io = io;
    this.run = run;
    this.write('TAP version 14');
  }

  private write(text: string): void {
    this.io.out.write(toBytes(`${text}\n`));
  }

  private point(ok: boolean, name: string, directive = ''): void {
    this.write(`${ok ? 'ok' : 'not ok'} ${++this.count} - ${name.replace(/[\\#]/g, '\\$&')}${directive}`);
  }

  private details(members: Readonly<Record<string, string | readonly string[]>>): void {
    this.write('  ---');
    // A JSON string is one of YAML.
    for (const [key, value] of Object.entries(members)) this.write(`  ${key}: ${JSON.stringify(value)}`);
    this.write('  ...');
  }

  file({ file, problems, cases }: FileResult): void {
    if (problems.length > 0) {
      this.point(false, `${file.path} can be read`);
      for (const { source, diagnostic } of problems) {
        this.details({ message: fromBytes(diagnostic.message), at: placeText({ source, offset: diagnostic.start }) });
      }
    }
    for (const { name, outcome, time } of cases) {
      const told = `${file.path} > ${visible(name)}`;
      if (outcome.kind === 'skipped' || outcome.kind === 'todo')
        this.point(outcome.kind === 'skipped', told, outcome.kind === 'todo' ? ' # TODO' : ' # SKIP');
      else this.point(outcome.kind === 'passed', told);
      if (outcome.kind !== 'failed') continue;
      const { failure } = outcome;
      const at = placesOf(failure, this.run).map(placeText);
      this.details({ message: messageOf(failure, this.run), at, notes: failure.notes.map(fromBytes), duration_ms: time.toFixed(1) });
    }
  }

  end(): void {
    this.write(`1..${this.count}`);
  }
}
