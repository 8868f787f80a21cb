/** Where a server is: `host`, `host:port`, `:port`, `[::1]:port`. */
import { usageError } from './exit.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 9200;
const FORM = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/;

/** Throws CliError when the text is none of the forms. */
export function parseAddress(text: string): Address {
  const match = FORM.exec(text);
  if (match === null) throw usageError(`\`${text}\` is no address: write host:port, or [host]:port for a host with colons`);
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (port < 1 || port > 65_535) throw usageError(`a port is a number from 1 to 65535, not ${port}`);
  return { host: match[1] || match[2] || '127.0.0.1', port };
}

/** A collection as `-c` names it, or a scope in any spelling, as a scope. */
export function scopeOf(text: string): string {
  return /^[@/]/.test(text) ? text : `//${text}`;
}
