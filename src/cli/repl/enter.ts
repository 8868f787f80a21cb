/** Does what was entered at the prompt, by a person or by a program. */
import { nearName } from '../../analysis/near.ts';
import { isUnfinished } from '../../analysis/unfinished.ts';
import { toBytes } from '../io.ts';
import type { Shell } from './command.ts';
import { COMMANDS, commandNamed, isCommand, runCommand } from './commands.ts';
import { readInput } from './input.ts';
import type { Session } from './session.ts';

/** Whether a text can be run as it is; else it goes on in the next line. */
export function isWhole(text: string, { dialect }: Session): boolean {
  const input = readInput(text, isCommand);
  if (input.kind === 'nothing') return true;
  if (input.kind === 'query') return !isUnfinished(toBytes(text), dialect);
  const isQuery = commandNamed(input.name)?.takes === 'query' && input.argument !== '';
  return !isQuery || !isUnfinished(toBytes(input.argument), dialect);
}

/** Runs a query or a command (text, not bytes); true when it went well, `leave` to leave. */
export async function enter(shell: Shell, text: string): Promise<boolean | 'leave'> {
  const { session } = shell;
  const input = readInput(text, isCommand);
  if (input.kind === 'nothing') return true;
  if (input.kind === 'query') {
    const isRight = await session.run(input.text);
    if (!isRight) hintCommand(session, input.text);
    return isRight;
  }
  const command = commandNamed(input.name);
  if (command === undefined) return true;
  const outcome = await runCommand(shell, command, input.argument);
  hintProperty(session, text, input.name);
  return outcome;
}

/** Someone who writes `.hlep` means the command. */
function hintCommand(session: Session, text: string): void {
  const name = /^\.([a-z]+)\b/.exec(text)?.[1];
  const names = COMMANDS.flatMap((command) => [command.name, ...(command.also ?? [])]);
  const near = name === undefined ? null : nearName(name, names);
  if (near !== null) session.note(`did you mean the command \`.${near}\`? \`.help\` lists all`);
}

/** A command stands in the way of a property of its name: then both ways to write that are told. */
function hintProperty(session: Session, text: string, name: string): void {
  if (!session.known.rootNames.has(name) || isUnfinished(toBytes(text), session.dialect)) return;
  session.note(`\`.${name}\` is a command; the property of that name is \` .${name}\` with a blank before it, or \`.${name};\``);
}
