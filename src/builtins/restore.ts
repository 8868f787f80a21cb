/** Bringing a backup back. */
import { typeErr, valueErr } from '../errors.ts';
import type { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context, Row } from './row.ts';

const SEE = 'see https://docs.thingsdb.io/v1/thingsdb-api/restore';
const OPTIONS = ['take_access', 'restore_tasks'] as const;

function restore(cx: Context, file: string, options?: Thing): Value {
  const flags = new Map<string, boolean>();
  for (const key of options?.keys() ?? []) {
    const value = options?.get(key) ?? null;
    if (!(OPTIONS as readonly string[]).includes(key))
      throw valueErr(`there is no option \`${key}\`; there are \`${OPTIONS.join('`, `')}\`; ${SEE}`);
    if (typeof value !== 'boolean')
      throw typeErr(`expecting \`${key}\` to be of type \`bool\` but got type \`${typeName(value)}\` instead; ${SEE}`);
    flags.set(key, value);
  }
  const takeAccess = flags.get('take_access') ?? false;
  const withTasks = flags.get('restore_tasks') ?? false;
  if (takeAccess && withTasks) throw valueErr(`\`take_access\` and \`restore_tasks\` cannot both be true; ${SEE}`);
  cx.tx.need();
  cx.restore(file, { takeAccess: takeAccess ? cx.user : null, withTasks });
  return null;
}

export const restoreRows: readonly Row[] = [
  {
    name: 'restore',
    params: [
      { name: 'file', type: 'str' },
      { name: 'options', type: 'thing', optional: true },
    ],
    returns: 'nil',
    doc: 'Begins to restore a backup, into a database with no data in collections and no tasks beside them. Users come from the backup, unless the option `take_access` gives the user who asks all rights in their place; tasks come with `restore_tasks`. All clients must log in anew then.',
    example: "try(restore('/no/such/file.tar.gz')).code();  // => -53",
    page: 'thingsdb-api/restore',
    changes: ['thingsdb'],
    scopes: ['thingsdb'],
    right: 'FULL',
    run: restore,
  },
];
