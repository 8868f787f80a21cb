/** How `thingsc` ends: the exit codes, and the error that carries one. */

export const ExitCode = {
  FINE: 0,
  SCRIPT: 1,
  USAGE: 2,
  CONNECTION: 3,
  FILE: 4,
  INTERNAL: 5,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each code means, for the help and the documentation. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.FINE, 'all went well'],
  [ExitCode.SCRIPT, 'the script has errors, raised one, or (`fmt --check`) is not formatted'],
  [ExitCode.USAGE, 'wrong usage: an unknown option, a bad value, a missing argument'],
  [ExitCode.CONNECTION, 'no connection to the server, a refused login, a port that cannot be had'],
  [ExitCode.FILE, 'a file or a store cannot be read or written, or is damaged'],
  [ExitCode.INTERNAL, 'a fault of thingsc itself'],
];

/** Ends a command with a message and a code. `message` is text, not bytes. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CliError => new CliError(ExitCode.USAGE, message);
export const fileError = (message: string): CliError => new CliError(ExitCode.FILE, message);

/** Why a call of the system failed, without the path and call that Node adds. */
export function systemReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
