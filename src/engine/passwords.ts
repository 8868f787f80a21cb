/** Passwords: kept as salted scrypt hashes, checked off the thread. */
import { createHmac, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string | Buffer, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** Cost of one hash: some 15 ms and 4 MiB. */
const COST = { N: 4096, r: 8, p: 1 };
const LENGTH = 32;

/** The stored form of a password (a byte string): `scrypt$N$salt$hash`, base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return storedForm(salt, await derive(Buffer.from(password, 'latin1'), salt, LENGTH, COST));
}

/**
 * The same on the thread. A script that sets a password goes on with it set, and its change is recorded with it, so there is nothing to do meanwhile;
 * and a password is set far more seldom than one is checked.
 */
export function hashPasswordNow(password: string): string {
  const salt = randomBytes(16);
  return storedForm(salt, scryptSync(Buffer.from(password, 'latin1'), salt, LENGTH, COST));
}

const storedForm = (salt: Buffer, hash: Buffer): string => `scrypt$${COST.N}$${salt.toString('base64')}$${hash.toString('base64')}`;

async function verify(password: string, stored: string): Promise<boolean> {
  const [kind, n, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || n === undefined || salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, 'base64');
  const got = await derive(Buffer.from(password, 'latin1'), Buffer.from(salt, 'base64'), wanted.length, { ...COST, N: Number(n) });
  return timingSafeEqual(wanted, got);
}

/**
 * Checks passwords, and remembers for the life of the process which were right, so that a client with many connections does not pay the hash for
 * each. What is remembered is keyed by a secret of this process and cannot be turned back.
 */
export class PasswordChecker {
  private readonly secret = randomBytes(32);
  private readonly known = new Map<string, string>();
  private readonly running = new Map<string, Promise<boolean>>();

  async check(password: string, stored: string): Promise<boolean> {
    const mark = createHmac('sha256', this.secret).update(stored).update('\0').update(Buffer.from(password, 'latin1')).digest('base64');
    if (this.known.get(stored) === mark) return true;
    const running = this.running.get(mark) ?? this.start(mark, password, stored);
    return running;
  }

  private start(mark: string, password: string, stored: string): Promise<boolean> {
    const check = verify(password, stored)
      .then((right) => {
        if (right) this.known.set(stored, mark);
        return right;
      })
      .finally(() => this.running.delete(mark));
    this.running.set(mark, check);
    return check;
  }
}
