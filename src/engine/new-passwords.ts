/** Passwords that are set: hashed off the thread, then put in force by a change of their own. */
import { TiError } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import type { Database } from '../model/database.ts';
import type { Transaction } from '../model/transaction.ts';
import { recordUser, type User } from '../model/users.ts';
import { hashPassword } from './passwords.ts';

export interface NewPasswordsHost {
  readonly database: Database;
  /** Makes a change. */
  alone(collection: Collection | null, run: (tx: Transaction) => void): void;
  onWarning(message: string): void;
}

export class NewPasswords {
  private readonly host: NewPasswordsHost;
  /** Those on their way. */
  private readonly hashing = new Set<Promise<void>>();

  constructor(host: NewPasswordsHost) {
    this.host = host;
  }

  /** Resolves when the password is in force, or another one that was set since; never rejects. */
  set(user: User, password: string): Promise<void> {
    const setting = hashPassword(password)
      .then((hash) => {
        // Another password may have been set since, or the user removed.
        if (user.newPassword !== setting || this.host.database.users.get(user.id) !== user) return;
        user.passwordHash = hash;
        this.host.alone(null, (tx) => recordUser(tx.need(), user));
      })
      .catch((error: unknown) => this.host.onWarning(`a password is not set: ${error instanceof TiError ? error.message : String(error)}`))
      .finally(() => {
        this.hashing.delete(setting);
        if (user.newPassword === setting) user.newPassword = null;
      });
    user.newPassword = setting;
    this.hashing.add(setting);
    return setting;
  }

  /** Resolves when none is on its way. */
  async settled(): Promise<void> {
    await Promise.all(this.hashing);
  }
}
