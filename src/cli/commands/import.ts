import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { linesOfDatabase, loadDump } from '../../engine/dump.ts';
import { hashPassword } from '../../engine/passwords.ts';
import { lazyCode } from '../../engine/toolchain.ts';
import { TiError } from '../../errors.ts';
import { ImportError, isForeignStore, readFolder, type StoreFiles } from '../../import/files.ts';
import { type Imported, readStore } from '../../import/store.ts';
import { Right } from '../../model/rights.ts';
import { readTar } from '../../storage/tar.ts';
import { ExitCode, fileError } from '../exit.ts';
import { fromBytes, type Io, toBytes } from '../io.ts';
import { refused } from '../store.ts';

export interface ImportOptions {
  readonly store: string;
  readonly password?: string;
}

/** Makes a store of what a store or backup of the reference server holds. */
export async function importStore(source: string, options: ImportOptions, io: Io): Promise<ExitCode> {
  const { store: dir } = options;
  for (const name of ['store', 'log']) {
    if (existsSync(join(dir, name))) throw fileError(`${dir} holds a store already; import into an empty folder`);
  }
  const imported = await read(source);
  const login = await newPassword(imported, options);
  try {
    await refused(loadDump(linesOfDatabase(imported.database), dir));
  } catch (error) {
    if (error instanceof Error) throw fileError(`cannot import ${source}: ${fromBytes(error.message)}`);
    throw error;
  }
  io.out.write(report(imported, dir) + login);
  return ExitCode.FINE;
}

async function read(source: string): Promise<Imported> {
  try {
    return readStore(await filesOf(source), lazyCode);
  } catch (error) {
    if (error instanceof ImportError) throw fileError(`cannot import ${source}: ${error.message}`);
    if (error instanceof TiError) throw fileError(`cannot import ${source}: ${fromBytes(error.message)}`);
    throw error;
  }
}

async function filesOf(source: string): Promise<StoreFiles> {
  if (!existsSync(source)) throw new ImportError('there is no such file or folder');
  if (!statSync(source).isDirectory()) return filesOfBackup(source);
  if (!isForeignStore(source)) throw new ImportError('the folder holds no store of the reference server: the file ti.mp is missing');
  return readFolder(source);
}

async function filesOfBackup(path: string): Promise<StoreFiles> {
  const files = new Map<string, Buffer>();
  try {
    for await (const entry of readTar(createReadStream(path).pipe(createGunzip()))) {
      const parts: Uint8Array[] = [];
      for await (const chunk of entry.chunks()) parts.push(Buffer.from(chunk));
      files.set(entry.name.replace(/^\.\//, ''), Buffer.concat(parts));
    }
  } catch (error) {
    throw new ImportError(`it is no backup: ${(error as Error).message}`);
  }
  if (!files.has('ti.mp')) throw new ImportError('it is no backup of the reference server: it has no file ti.mp');
  return files;
}

/** Gives the first user with all rights a password, so that someone can log in; tells which. */
async function newPassword({ database, withPassword }: Imported, { password }: ImportOptions): Promise<string> {
  const user = withPassword.find((each) => each.access.get('@thingsdb') === Right.FULL) ?? withPassword[0];
  if (user === undefined) return '';
  const chosen = password ?? randomBytes(12).toString('base64url');
  user.passwordHash = await hashPassword(toBytes(chosen));
  database.putUser(user);
  const others = withPassword.filter((each) => each !== user).map((each) => each.name);
  const rest = others.length === 0 ? '' : `; these users need a new one (set_password): ${others.join(', ')}`;
  return `passwords are not taken over: that of \`${user.name}\` is now ${password === undefined ? `\`${chosen}\`` : 'the one given'}${rest}\n`;
}

function report({ database }: Imported, dir: string): string {
  const things = [...database.collections.values()].reduce((sum, collection) => sum + [...collection.things.values()].length, 0);
  const counts = [
    `${database.collections.size} collections with ${things} things`,
    `${database.users.size} users`,
    `${database.modules.size} modules`,
  ];
  return `imported ${counts.join(', ')} into ${dir}\n`;
}
