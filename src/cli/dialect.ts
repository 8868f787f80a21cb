/** Which dialect a script is in, and what reads it. */
import { format as format2019 } from '../../grammar/2019/format.ts';
import { parseTolerant as parse2019 } from '../../grammar/2019/parser.ts';
import { format } from '../../grammar/v1/format.ts';
import { parseTolerant } from '../../grammar/v1/parser.ts';
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Script } from '../ast/nodes.ts';
import type { Program } from '../bytecode/program.ts';
import { toBytes } from './io.ts';
import type { Source } from './source.ts';

export const DIALECTS = ['v1', '2019'] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface DialectOption {
  /** By the name of the file when left out. */
  readonly dialect?: Dialect;
}

interface Front {
  parseTolerant(text: string): { readonly script: Script; readonly diagnostics: readonly Diagnostic[] };
  format(text: string): string;
}

const FRONTS: Readonly<Record<Dialect, Front>> = {
  v1: { parseTolerant, format },
  '2019': { parseTolerant: parse2019, format: format2019 },
};

/** The dialect that is asked for, else that of the file's name: `.t19` is 2019. */
export const dialectOf = ({ path }: Pick<Source, 'path'>, { dialect }: DialectOption): Dialect =>
  dialect ?? (path?.endsWith('.t19') === true ? '2019' : 'v1');

export const frontOf = (source: Pick<Source, 'path'>, options: DialectOption): Front => FRONTS[dialectOf(source, options)];

/** The dialect that a program was compiled from. */
export const dialectOfProgram = (program: Program): Dialect => (program.rowNames.includes('2019:.result') ? '2019' : 'v1');

/** The target of a query in the 2019 dialect: 0 is the root, a number an id, anything else the name of a collection. */
export function targetOf(scope: string): string | number {
  if (/^\d+$/.test(scope)) return Number(scope);
  return scope === '@thingsdb' || scope === '@t' ? 0 : toBytes(scope);
}

/** Of the packed results of a query in the 2019 dialect, the value alone where there is one statement. */
export const unwrapped2019 = (results: Buffer): Buffer => (results[0] === 0x91 ? results.subarray(1) : results);
