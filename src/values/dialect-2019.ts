/** What the 2019 dialect calls values and functions. */
import { Closure } from './closure.ts';
import { List } from './list.ts';
import { Bytes } from './scalars.ts';
import { Thing } from './thing.ts';
import { typeName, type Value } from './value.ts';

/** How the names of its built-ins begin: no text of either dialect can have such a name. */
export const PREFIX_2019 = '2019:';

/** Forms of a function that a second argument, or a comma behind the last, asks for, under the names by which programs call them. */
const FORMS: Readonly<Record<string, string>> = { things: 'thing', get_all: 'get' };

/** The name of a built-in as a text has it. */
export function writtenName(name: string): string {
  if (!name.startsWith(PREFIX_2019)) return name;
  const own = name.slice(PREFIX_2019.length);
  return FORMS[own] ?? own;
}

/** Whether a list holds things: the first one decides, and an empty one holds none yet. */
export const holdsThings = (list: List): boolean => !list.isTuple && list.items[0] instanceof Thing;

/** The type of a value. */
export function typeName2019(value: Value): string {
  if (typeof value === 'string' || value instanceof Bytes) return 'raw';
  if (value instanceof List) return value.isTuple ? 'tuple' : holdsThings(value) ? 'array-of-things' : 'list';
  if (value instanceof Closure) return 'arrow-function';
  if (value instanceof Thing) return 'thing';
  return typeName(value);
}

const TYPES: Readonly<Record<string, string>> = { str: 'raw', closure: 'arrow-function' };

/** The type that a built-in wants, as the dialect calls it. */
export const wantedType2019 = (type: string): string => TYPES[type] ?? type;
