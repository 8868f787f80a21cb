/** What rows of the dialect are called in its texts, for those who tell people of them. */
import { writtenName } from '../../values/dialect-2019.ts';
import type { Param, Row } from '../row.ts';

/** The name of a row without the mark of the dialect; beginning with a dot, that of one which only programs call. */
export const ownName2019 = (row: Row): string => row.name.slice('2019:'.length);

/** The name by which a text calls it. */
export const name2019 = (row: Row): string => writtenName(row.name);

/** Whether it is a function, not an operator, that a text can call. */
export const isFunction2019 = (row: Row): boolean => /^[a-z]/.test(ownName2019(row));

function parameter({ name, type, optional, rest }: Param): string {
  const text = `${name}${rest ? '...' : ''}: ${type.replaceAll('str', 'raw').replace('closure', 'arrow')}`;
  return optional ? `[${text}]` : text;
}

/** `thing.name` for a method, `name` for a function. */
export const title2019 = (row: Row): string =>
  row.receiver === undefined ? name2019(row) : `${row.receiver.replaceAll('|', ' or ')}.${name2019(row)}`;

/** `title(first: type, [second: type]) -> type` */
export const signature2019 = (row: Row): string => `${title2019(row)}(${row.params.map(parameter).join(', ')}) -> ${row.returns}`;
