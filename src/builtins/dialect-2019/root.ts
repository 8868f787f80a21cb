/** Functions of the root in the 2019 dialect: collections, users, rights, quotas and the node. */
import { lookupErr } from '../../errors.ts';
import type { Row } from '../row.ts';
import { collectionRows2019 } from './root-collections.ts';
import { raw, root } from './root-common.ts';
import { nodeRows2019 } from './root-node.ts';
import { userRows2019 } from './root-users.ts';

/** Masks of privileges, and levels of the log. */
export const CONSTANTS_2019: ReadonlyMap<string, number> = new Map([
  ['READ', 1],
  ['MODIFY', 3],
  ['WATCH', 4],
  ['GRANT', 11],
  ['FULL', 15],
  ['DEBUG', 0],
  ['INFO', 1],
  ['WARNING', 2],
  ['ERROR', 3],
  ['CRITICAL', 4],
]);

export const rootRows2019: readonly Row[] = [
  root('.constant', [raw('name')], 'int', 'A name of the root.', '', (_cx, name: string) => {
    const value = CONSTANTS_2019.get(name);
    if (value === undefined) throw lookupErr(`the root knows no \`${name}\``);
    return value;
  }),
  ...collectionRows2019,
  ...userRows2019,
  ...nodeRows2019,
];
