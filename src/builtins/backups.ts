/** Backups of the node, once or by a schedule. */
import { lookupErr, operationErr, type TiError, typeErr, valueErr } from '../errors.ts';
import { DateTime } from '../values/datetime.ts';
import type { MpData } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { typeName, type Value } from '../values/value.ts';
import { mpdata } from './mpdata.ts';
import type { Context, Param, Row } from './row.ts';

const SUFFIX = '.tar.gz';
const GOOGLE = 'gs://';
/** How many files are kept: of a backup that runs once and at once, and of any other that does not say. */
const ONE_FILE = 1;
const MANY_FILES = 7;

const see = (name: string): string => `see https://docs.thingsdb.io/v1/node-api/${name}`;

function wrongType(index: number, wanted: string, value: Value): TiError {
  return typeErr(
    `function \`new_backup\` expects argument ${index} to be of type \`${wanted}\` but got type \`${typeName(value)}\` instead; ${see('new_backup')}`,
  );
}

/** An int of the language as seconds or a count, at least `least`. */
const clamped = (value: number | bigint, least: number): number => Math.max(least, Math.min(Number(value), Number.MAX_SAFE_INTEGER));

const isInt = (value: Value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

function newBackup(cx: Context, template: string, start?: Value, repeat?: Value, maxFiles?: Value): Value {
  if (!template.endsWith(SUFFIX)) throw valueErr(`the file of a backup must end with \`${SUFFIX}\`; ${see('new_backup')}`);
  if (template.startsWith(GOOGLE)) throw operationErr('this node has no Google Cloud Storage; write the backup into a file');
  if (template.includes('\0')) throw valueErr('the name of a file has no null characters');
  if (start !== undefined && start !== null && !(start instanceof DateTime)) throw wrongType(2, 'datetime`, `timeval` or `nil', start);
  if (repeat !== undefined && !isInt(repeat)) throw wrongType(3, 'int', repeat);
  if (maxFiles !== undefined && !isInt(maxFiles)) throw wrongType(4, 'int', maxFiles);
  return cx.node.backups.add({
    template,
    start: start instanceof DateTime ? clamped(start.seconds, 0) : null,
    repeat: repeat === undefined ? 0 : clamped(repeat, 0),
    maxFiles: maxFiles === undefined ? (start === undefined ? ONE_FILE : MANY_FILES) : clamped(maxFiles, 1),
  });
}

/** The id of a backup. Throws value_err, lookup_err. */
function known(cx: Context, name: string, id: number | bigint): number {
  if (id < 0) throw valueErr(`function \`${name}\` expects the id of a backup, which is 0 or more; ${see(name)}`);
  if (!cx.node.backups.has(Number(id))) throw lookupErr(`backup with id ${id} not found`);
  return Number(id);
}

const info = (cx: Context, id: number): MpData => mpdata((w) => cx.node.backups.writeInfo(w, id));

function hasBackup(cx: Context, id: number | bigint): Value {
  if (id < 0) throw valueErr(`function \`has_backup\` expects the id of a backup, which is 0 or more; ${see('has_backup')}`);
  return cx.node.backups.has(Number(id));
}

function delBackup(cx: Context, id: number | bigint, withFiles?: boolean): Value {
  cx.node.backups.remove(known(cx, 'del_backup', id), withFiles ?? false);
  return null;
}

const ID: Param = { name: 'id', type: 'int' };
const MADE = "new_backup('/tmp/b.tar.gz', datetime(4000000000))";

export const backupRows: readonly Row[] = [
  {
    name: 'new_backup',
    params: [
      { name: 'template', type: 'str' },
      { name: 'start', type: 'any', optional: true },
      { name: 'repeat', type: 'any', optional: true },
      { name: 'max_files', type: 'any', optional: true },
    ],
    returns: 'int',
    doc: 'Has a backup written into a file, now or at a time, and again after so many seconds; only so many files are kept. The name of the file may have `{DATE}`, `{TIME}` and `{CHANGE_ID}`.',
    example: `id = ${MADE}; has_backup(id);  // => true`,
    page: 'node-api/new_backup',
    scopes: ['node'],
    right: 'CHANGE',
    run: newBackup,
  },
  {
    name: 'backup_info',
    params: [ID],
    returns: 'mpdata',
    doc: 'Tells about a backup: when it runs next, how it went, and which files there are.',
    example: `backup_info(${MADE}).load().next_run;  // => "2096-10-02 07:06:40Z"`,
    page: 'node-api/backup_info',
    scopes: ['node'],
    run: (cx, id: number | bigint) => info(cx, known(cx, 'backup_info', id)),
  },
  {
    name: 'backups_info',
    params: [],
    returns: 'list',
    doc: 'Tells about all backups.',
    example: 'backups_info();  // => []',
    page: 'node-api/backups_info',
    scopes: ['node'],
    run: (cx) => new List(cx.node.backups.ids().map((id) => info(cx, id))),
  },
  {
    name: 'backups_ok',
    params: [],
    returns: 'bool',
    doc: 'False when the last run of a backup failed.',
    example: 'backups_ok();  // => true',
    page: 'node-api/backups_ok',
    scopes: ['node'],
    run: (cx) => cx.node.backups.isOk,
  },
  {
    name: 'has_backup',
    params: [ID],
    returns: 'bool',
    doc: 'Whether there is a backup of that id.',
    example: 'has_backup(123);  // => false',
    page: 'node-api/has_backup',
    scopes: ['node'],
    run: hasBackup,
  },
  {
    name: 'del_backup',
    params: [ID, { name: 'delete_files', type: 'bool', optional: true }],
    returns: 'nil',
    doc: 'Removes a backup from the schedule, and its files when asked to.',
    example: `id = ${MADE}; del_backup(id); has_backup(id);  // => false`,
    page: 'node-api/del_backup',
    scopes: ['node'],
    right: 'CHANGE',
    run: delBackup,
  },
];
