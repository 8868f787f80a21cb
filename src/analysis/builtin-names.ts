/** Names of built-ins, for those who look for one that was perhaps meant. */
import { allRows } from '../builtins/registry.ts';
import { Kind, kindMask, type Row } from '../builtins/row.ts';
import { ANY_MASK } from './types.ts';

interface Lists {
  /** Kinds of which no row has a method: nothing is known of theirs. */
  readonly unknownKinds: number;
  readonly functions: readonly Row[];
  readonly methods: readonly Row[];
  /** Earlier name to present name. */
  readonly earlierFunctions: ReadonlyMap<string, string>;
  readonly earlierMethods: ReadonlyMap<string, string>;
}

let lists: Lists | null = null;

const earlier = (rows: readonly Row[]): ReadonlyMap<string, string> =>
  new Map(rows.flatMap((row) => (row.formerly ?? []).map((name) => [name, row.name] as const)));

function made(): Lists {
  if (lists === null) {
    const rows = allRows;
    const functions = rows.filter((row) => row.receiver === undefined);
    const methods = rows.filter((row) => row.receiver !== undefined);
    const known = methods.reduce((bits, row) => bits | kindMask(row.receiver ?? 'any'), 0);
    lists = {
      unknownKinds: ANY_MASK & ~known & ~(Kind.nil | Kind.bool | Kind.float | Kind.ano),
      functions,
      methods,
      earlierFunctions: earlier(functions),
      earlierMethods: earlier(methods),
    };
  }
  return lists;
}

export const functionRows = (): readonly Row[] => made().functions;
export const methodRows = (): readonly Row[] => made().methods;
export const unknownKinds = (): number => made().unknownKinds;
export const functionNames = (): string[] => made().functions.map((row) => row.name);
export const methodNames = (): string[] => [...new Set(made().methods.map((row) => row.name))];

/** The present name of a built-in that had this one in earlier versions; null when none had. */
export function earlierName(name: string, isMethod: boolean): string | null {
  return (isMethod ? made().earlierMethods : made().earlierFunctions).get(name) ?? null;
}
