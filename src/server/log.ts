/** Lines such as `[I 2026-11-22 18:02:00] text` on standard output, times in UTC. */
export const LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  /** What is below it is left out. */
  level: LogLevel;
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  critical(text: string): void;
}

/** The ANSI colour of the part in brackets. */
const COLOURS: Readonly<Record<LogLevel, number>> = { debug: 36, info: 32, warning: 33, error: 31, critical: 35 };

export interface LogOptions {
  readonly level: LogLevel;
  readonly colorized: boolean;
  /** Where lines go, with their line ends; standard output when left out. */
  readonly write?: (line: string) => void;
  /** For tests. */
  readonly now?: () => Date;
}

function writeOut(line: string): void {
  process.stdout.write(line);
}

/** A log that leaves out what is below its level, which may be set anew at any time. */
export function createLog(options: LogOptions): Log {
  const write = options.write ?? writeOut;
  const now = options.now ?? ((): Date => new Date());
  const writer = (level: LogLevel): ((text: string) => void) => {
    const rank = LOG_LEVELS.indexOf(level);
    const before = options.colorized ? `\x1b[${COLOURS[level]}m` : '';
    const after = options.colorized ? '\x1b[0m' : '';
    const letter = level.charAt(0).toUpperCase();
    return (text) => {
      if (rank < LOG_LEVELS.indexOf(log.level)) return;
      const time = now().toISOString().slice(0, 19).replace('T', ' ');
      write(`${before}[${letter} ${time}]${after} ${text}\n`);
    };
  };
  const log: Log = {
    level: options.level,
    debug: writer('debug'),
    info: writer('info'),
    warning: writer('warning'),
    error: writer('error'),
    critical: writer('critical'),
  };
  return log;
}
