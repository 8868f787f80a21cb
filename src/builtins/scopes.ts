/** Scopes whose settings a script changes. */
import { typeErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import { checkRights, Right, type RightScope } from '../model/rights.ts';
import { parseScope } from '../model/scope.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Context } from './row.ts';

interface Target {
  readonly kind: RightScope;
  /** Null for the scopes without collection. */
  readonly collection: Collection | null;
}

/** A collection by its name or id, else a scope by its text. Throws type_err, value_err, lookup_err. */
function targetOf(cx: Context, which: Value): Target {
  const { database } = cx;
  if (typeof which === 'string') {
    const named = database.collectionsByName.get(which);
    if (named !== undefined) return { kind: 'collection', collection: named };
    const scope = parseScope(which);
    return { kind: scope.kind, collection: scope.kind === 'collection' ? database.collectionByName(scope.name) : null };
  }
  const collection = typeof which === 'number' ? database.collections.get(which) : undefined;
  if (collection !== undefined) return { kind: 'collection', collection };
  throw typeErr(`expecting a scope to be of type \`str\` but got type \`${typeName(which)}\` instead`);
}

/** The scope whose settings are to be changed: a collection by its name or id, or any scope. Throws; forbidden_err for one who may not change things there. */
export function settingsOf(cx: Context, which: Value): Target {
  const target = targetOf(cx, which);
  checkRights(cx.user, target.kind, target.collection, Right.CHANGE);
  return target;
}
