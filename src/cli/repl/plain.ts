/** The prompt without a terminal: what comes in by lines is run, and answers go out as `thingsc run` prints them. */
import { ExitCode } from '../exit.ts';
import { fromBytes, type Io } from '../io.ts';
import { linesOf } from '../lines.ts';
import type { Shell } from './command.ts';
import { enter, isWhole } from './enter.ts';

/** Runs texts of one or more lines until the input ends, one tells to leave, or one fails. */
export async function runLines(shell: Shell, io: Io): Promise<ExitCode> {
  let text = '';
  for await (const line of linesOf(io.openInput())) {
    text += (text === '' ? '' : '\n') + fromBytes(line).replace(/\r$/, '');
    if (!isWhole(text, shell.session)) continue;
    const outcome = await enter(shell, text);
    if (outcome !== true) return outcome === 'leave' ? ExitCode.FINE : ExitCode.SCRIPT;
    text = '';
  }
  return text === '' || (await enter(shell, text)) !== false ? ExitCode.FINE : ExitCode.SCRIPT;
}
