/** Errors of the language: the codes of the reference server and one class that carries them. */

export const ErrorCode = {
  INTERNAL: -1,
  MEMORY: -2,
  WRITE: -3,
  REQUEST_CANCEL: -4,
  REQUEST_TIMEOUT: -5,
  RESULT_TOO_LARGE: -6,
  ASSERT: -50,
  NODE: -51,
  SYNTAX: -52,
  BAD_DATA: -53,
  LOOKUP: -54,
  FORBIDDEN: -55,
  AUTH: -56,
  MAX_QUOTA: -57,
  ZERO_DIV: -58,
  OVERFLOW: -59,
  VALUE: -60,
  TYPE: -61,
  NUM_ARGUMENTS: -62,
  OPERATION: -63,
  CANCELLED: -64,
  /** What `raise("text")` uses; -100..-127 are free for users. */
  CUSTOM: -100,
} as const;

/**
 * An error with a code that a client may see. Not an Error: scripts raise and catch these in loops, and capturing a stack would cost more than
 * the script. `message` is a byte string. `start` is the byte offset in the source text, when the place is known.
 */
export class TiError {
  readonly code: number;
  readonly message: string;
  start = -1;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }

  toString(): string {
    return `${this.message} (${this.code})`;
  }
}

/** Tells of an error without throwing it; see `fail`. */
export class Failed {
  error: TiError;

  constructor(error: TiError) {
    this.error = error;
  }
}

/** The only one: its error is taken at once by the machine. */
export const FAILED = new Failed(new TiError(ErrorCode.INTERNAL, ''));

/**
 * Ends a built-in with an error as throwing it does, at a fraction of the cost: where scripts catch errors in loops, throwing would take nearly all of the
 * time.
 */
export function fail(error: TiError): Failed {
  FAILED.error = error;
  return FAILED;
}

export const lookupErr = (message: string): TiError => new TiError(ErrorCode.LOOKUP, message);
export const typeErr = (message: string): TiError => new TiError(ErrorCode.TYPE, message);
export const valueErr = (message: string): TiError => new TiError(ErrorCode.VALUE, message);
export const operationErr = (message: string): TiError => new TiError(ErrorCode.OPERATION, message);
export const overflowErr = (): TiError => new TiError(ErrorCode.OVERFLOW, 'integer overflow');
export const zeroDivErr = (): TiError => new TiError(ErrorCode.ZERO_DIV, 'division or modulo by zero');
export const nodeErr = (message: string): TiError => new TiError(ErrorCode.NODE, message);
export const numArgsErr = (message: string): TiError => new TiError(ErrorCode.NUM_ARGUMENTS, message);
