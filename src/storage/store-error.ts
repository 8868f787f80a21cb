/** Errors of the store. Their texts name files, and are turned into byte strings here. */
import { ErrorCode, TiError } from '../errors.ts';

/** The store cannot be used: locked, failed, closed, or not there. */
export function storeErr(text: string): TiError {
  return new TiError(ErrorCode.NODE, byteString(text));
}

/** The files hold what no crash can explain. */
export function damageErr(path: string, text: string): TiError {
  return new TiError(ErrorCode.INTERNAL, byteString(`\`${path}\` is damaged: ${text}; restore it from a backup`));
}

/** The caller broke a rule of the interface. */
export function misuseErr(text: string): TiError {
  return new TiError(ErrorCode.INTERNAL, byteString(text));
}

/** The text of whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof TiError) return Buffer.from(error.message, 'latin1').toString();
  return error instanceof Error ? error.message : String(error);
}

function byteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}
