/**
 * The configuration file: `[section]` lines, `key = value`, and comments that start with `#` at the start of a line. Stricter than INI files at
 * large, since a line that is not understood is a setting that would silently not be made.
 */
import { ConfigError } from './config-error.ts';

/** The longest line, in bytes. */
const MAX_LINE = 254;

/** The settings of one section, as they are written; a section may be given in parts. Throws ConfigError that names the line. */
export function parseIni(text: string, wanted: string): Map<string, string> {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | null = null;
  const lines = text.split('\n');
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const fault = (reason: string): ConfigError => new ConfigError(`line ${index + 1}: ${reason}`);
    if (raw.length > MAX_LINE) throw fault(`longer than ${MAX_LINE} bytes`);
    const name = /^\[(.*)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
      continue;
    }
    if (section === null) throw fault('a setting stands before the first `[section]`');
    const at = line.indexOf('=');
    if (at < 1) throw fault('an equal sign is missing: a setting is written `key = value`');
    const key = line.slice(0, at).trim();
    if (section.has(key)) throw fault(`\`${key}\` is set twice in its section`);
    section.set(key, line.slice(at + 1).trim());
  }
  return sections.get(wanted) ?? new Map<string, string>();
}
