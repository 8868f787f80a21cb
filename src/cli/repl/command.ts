/** What a command of the prompt is. */
import type { Session } from './session.ts';

/** What a command may use beside the session. */
export interface Shell {
  readonly session: Session;
  /** What was entered, the oldest first. */
  entered(): readonly string[];
  /** Has a text edited by another program; null where that is not possible. */
  readonly edit: ((text: string) => Promise<string | null>) | null;
}

/** What a command is told behind its name. */
type Argument = 'nothing' | 'query' | 'file' | 'scope' | 'name' | 'word';

export interface Command {
  readonly name: string;
  /** Other names of the same. */
  readonly also?: readonly string[];
  /** How it is written behind the name. */
  readonly form: string;
  readonly takes: Argument;
  /** The words that it knows, when it knows some. */
  readonly words?: readonly string[];
  readonly about: string;
  /** Gives true when it went well, and `leave` to leave. */
  readonly act: (shell: Shell, argument: string) => Promise<boolean | 'leave'>;
}

/** A command that was not told what it needs; `message` is text. */
export class CommandError extends Error {}
