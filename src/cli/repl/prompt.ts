/** The loop of the prompt at a terminal: reads, runs, and reads again. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Entered, LineEditor, type Prompt } from '../../terminal/editor.ts';
import type { History } from '../../terminal/history.ts';
import { ExitCode, systemReason } from '../exit.ts';
import { fromBytes, type Io, type Terminal } from '../io.ts';
import { ownVersion } from '../version.ts';
import { SessionAssistant } from './assistant.ts';
import { STYLES } from './colours.ts';
import { CommandError, type Shell } from './command.ts';
import { enter } from './enter.ts';
import type { Session } from './session.ts';

export class PromptLoop {
  private readonly session: Session;
  private readonly history: History;
  private readonly editor: LineEditor;
  private readonly shell: Shell;

  constructor(session: Session, terminal: Terminal, history: History) {
    this.session = session;
    this.history = history;
    const assistant = new SessionAssistant(session);
    // The whole group stops, as with other programs: a launcher may be waiting for us.
    const suspend = (): void => void process.kill(0, 'SIGTSTP');
    this.editor = new LineEditor({ ...terminal, history, assistant, suspend });
    this.shell = { session, entered: () => history.all, edit: (text) => this.edit(text) };
    this.editor.onInterrupt(() => session.place.interrupt());
  }

  /** Prints bytes, above the line that is being edited. */
  print(bytes: string): void {
    this.editor.print(fromBytes(bytes));
  }

  /** Does what is to be done `first`, and runs until the user leaves, or a signal comes. */
  async run(io: Pick<Io, 'onSignal'>, first: () => Promise<unknown>): Promise<ExitCode> {
    this.editor.open();
    const offSignal = io.onSignal(() => {
      this.session.place.interrupt();
      this.editor.end();
    });
    try {
      this.greet();
      await first();
      for (;;) {
        const entered = await this.editor.read(this.prompt());
        if (entered.kind === 'end' || !(await this.take(entered))) return ExitCode.FINE;
      }
    } finally {
      offSignal();
      this.editor.close();
    }
  }

  private greet(): void {
    this.session.note(`thingsc ${ownVersion()}, ${this.session.place.about}; .help tells more, Ctrl-D leaves`);
  }

  private prompt(): Prompt {
    const { scope } = this.session;
    const style = this.session.io.out.colored ? STYLES.prompt : '';
    return { first: { text: `${scope}> `, style }, next: { text: `${' '.repeat(Math.max(0, scope.length - 1))}.. `, style } };
  }

  /** Does what was entered; false to leave. */
  private async take(entered: Exclude<Entered, { kind: 'end' }>): Promise<boolean> {
    if (entered.kind === 'text') return (await enter(this.shell, entered.text)) !== 'leave';
    if (entered.text === '') this.session.note('Ctrl-D leaves');
    return true;
  }

  private async edit(text: string): Promise<string | null> {
    const program = process.env['VISUAL'] || process.env['EDITOR'] || 'vi';
    const folder = mkdtempSync(join(tmpdir(), 'thingsc-'));
    const file = join(folder, this.session.dialect === '2019' ? 'query.t19' : 'query.ti');
    try {
      writeFileSync(file, text);
      this.editor.close();
      // The variable may have options in it, as for other programs that use it.
      const { status, error } = spawnSync(`${program} "${file}"`, { shell: true, stdio: 'inherit' });
      this.editor.open();
      if (error !== undefined) throw new CommandError(`cannot start \`${program}\`: ${systemReason(error)}`);
      if (status !== 0) return null;
      const edited = readFileSync(file, 'utf8').trimEnd();
      this.history.add(edited);
      return edited;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
