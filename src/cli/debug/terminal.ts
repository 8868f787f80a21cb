/** Reads the commands of the debugger from a terminal, or from a file or pipe. */
import { createInterface, type Interface } from 'node:readline';
import type { Target } from '../../debug/protocol.ts';
import { TiError } from '../../errors.ts';
import { CliError, ExitCode } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { COMMANDS, commandOf, type DebugCommand, Quit } from './commands.ts';
import { CommandError, DebugConsole, ScriptError } from './console.ts';

const PROMPT = '(debug) ';

/** Lines as they come; null at their end. */
class Lines {
  private readonly waiting: string[] = [];
  private isEnded = false;
  private wake: (() => void) | null = null;

  constructor(reader: Interface) {
    reader.on('line', (line) => {
      this.waiting.push(line);
      this.wake?.();
    });
    reader.on('close', () => {
      this.isEnded = true;
      this.wake?.();
    });
  }

  async next(): Promise<string | null> {
    while (this.waiting.length === 0 && !this.isEnded) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.waiting.shift() ?? null;
  }
}

/** Debugs a target until the person has enough of it. `readTarget` reads it for each run. */
export async function debugOnTerminal(readTarget: () => Promise<Target>, io: Io): Promise<ExitCode> {
  const at = new DebugConsole(readTarget, io.out);
  const main = await at.mainSource().catch((error: unknown) => {
    if (error instanceof ScriptError) {
      io.err.write(toBytes(`${error.message}\n`));
      return null;
    }
    throw error instanceof CommandError ? new CliError(ExitCode.SCRIPT, error.message) : error;
  });
  if (main === null) return ExitCode.SCRIPT;
  const input = io.openInput();
  // Without colours, too: some people want none.
  const isTerminal = io.inputIsTerminal && process.stdout.isTTY === true;
  const reader = createInterface({
    input,
    ...(isTerminal ? { output: process.stdout, completer } : {}),
    terminal: isTerminal,
    prompt: PROMPT,
    historySize: 500,
  });
  if (isTerminal) at.line(`Debugging ${main.name}. \`run\` runs it, \`start\` stops at its first statement, \`help\` tells the commands.`);
  reader.on('SIGINT', () => {
    if (at.isRunning) at.pause();
    else {
      // As in a shell: the line is given up.
      reader.write(null, { ctrl: true, name: 'u' });
      at.line('^C; `quit` leaves');
      reader.prompt();
    }
  });
  const off = io.onSignal(() => {
    reader.close();
    // A script that still runs would be waited for.
    void at.end();
  });
  try {
    return await readCommands(at, new Lines(reader), () => {
      if (isTerminal) reader.prompt();
    });
  } finally {
    off();
    reader.close();
    input.destroy();
    await at.end();
  }
}

const completer = (line: string): [string[], string] => {
  const names = COMMANDS.map(({ names: [name] }) => name).filter((name) => name.startsWith(line));
  return [names, line];
};

async function readCommands(at: DebugConsole, lines: Lines, prompt: () => void): Promise<ExitCode> {
  let last: DebugCommand | undefined;
  for (;;) {
    prompt();
    const line = await lines.next();
    if (line === null) break;
    if (line.trim() === '') {
      if (last?.repeats === true && !(await attempt(at, last, ''))) break;
      continue;
    }
    const { command, words } = commandOf(line);
    last = command;
    if (command === undefined)
      at.line(`there is no command \`${line.trim().split(/\s/)[0]}\`; \`help\` tells which there are, \`print\` evaluates`);
    else if (!(await attempt(at, command, words))) break;
  }
  return at.ending === 'error' ? ExitCode.SCRIPT : ExitCode.FINE;
}

/** Does a command, and tells what was wrong with it; false when it was the last. */
async function attempt(at: DebugConsole, command: DebugCommand, words: string): Promise<boolean> {
  try {
    await command.run(at, words);
    return true;
  } catch (error) {
    if (error instanceof Quit) return false;
    at.line(error instanceof TiError ? fromBytes(error.message) : error instanceof Error ? error.message : String(error));
    return true;
  }
}
