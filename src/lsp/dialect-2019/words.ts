/** What is told of names of the 2019 dialect to people. */
import { describe2019 } from '../../analysis/dialect-2019/calls.ts';
import type { Type } from '../../analysis/types.ts';
import type { Row } from '../../builtins/row.ts';
import { wantedType2019, writtenName } from '../../values/dialect-2019.ts';
import { fromBytes } from '../document.ts';

export const code = (text: string): string => `\`\`\`thingsdb-2019\n${text}\n\`\`\``;

const typeWord = (type: string): string => type.split('|').map(wantedType2019).join('|');

export const parameter = ({ name, type, optional, rest }: Row['params'][number]): string =>
  `${name}${rest ? '...' : ''}${optional ? '?' : ''}: ${typeWord(type)}`;

/** `receiver.name(first: type, more...: type) -> type` */
export function signature({ name, receiver, params, returns }: Row): string {
  return `${receiver === undefined ? '' : `${receiver}.`}${writtenName(name)}(${params.map(parameter).join(', ')}) -> ${returns}`;
}

/** What a function does, for a hover or a completion. */
export function doc(row: Row): string {
  const right = row.changes !== undefined || row.right !== undefined ? ['Needs the privilege `MODIFY`.'] : [];
  return [row.doc, ...right, ...(row.example === '' ? [] : [code(row.example)])].join('\n\n');
}

export const rowsHover = (rows: readonly Row[]): string => rows.map((row) => `${code(signature(row))}\n\n${doc(row)}`).join('\n\n---\n\n');

export const typeHover = (name: string, type: Type | undefined): string =>
  code(fromBytes(`${name}: ${type === undefined ? 'any' : describe2019(type)}`));
