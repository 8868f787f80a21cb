/** What the values of a plain thing may be restricted to: a type of the language, or a type or enumerator of the collection. */
import { TiError, valueErr } from '../errors.ts';
import { EnumMember } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { isEmail, isTel, isUrl } from '../values/patterns.ts';
import type { Restriction } from '../values/restriction.ts';
import { SetValue } from '../values/set.ts';
import type { Value } from '../values/value.ts';
import { Collection } from './collection.ts';
import { parseRule, TypeDef } from './types.ts';

type Accepts = (value: Value) => boolean;

/** An empty string passes: it is what such a field of a type starts with. */
const text =
  (test: (value: string) => boolean): Accepts =>
  (value) =>
    typeof value === 'string' && (value === '' || test(value));

const OWN: ReadonlyMap<string, Accepts> = new Map<string, Accepts>([
  ['[]', (value) => value instanceof List],
  ['{}', (value) => value instanceof SetValue],
  ['enum', (value) => value instanceof EnumMember],
  ['email', text(isEmail)],
  ['url', text(isUrl)],
  ['tel', text(isTel)],
]);

const NAMED = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/;

/** A scope without types. */
const nothing = new Collection(0, '', 0, 0);

const unknown = (definition: string): TiError => valueErr(`failed to set the restriction; unknown type \`${definition}\``);

/**
 * Reads a definition such as `int` or `Person?`; null when it allows anything. Only types and enumerators of the collection may be nillable: a
 * question mark behind any other is passed over. Throws value_err.
 */
export function parseRestriction(collection: Collection | null, definition: string): Restriction | null {
  const nillable = definition.endsWith('?');
  const base = nillable ? definition.slice(0, -1) : definition;
  if (base === '') throw valueErr('the definition of a restriction must not be empty');
  if (base.includes('<')) throw valueErr(`a restriction must not contain a condition, as \`${definition}\` does`);
  if (base === 'any') return null;
  const accepts = OWN.get(base);
  if (accepts !== undefined) return { definition: base, accepts };
  if (!NAMED.test(base)) throw unknown(definition);
  const isOwn = collection !== null && (collection.types.has(base) || collection.enums.has(base));
  return ruleOf(collection ?? nothing, isOwn ? definition : base);
}

function ruleOf(collection: Collection, definition: string): Restriction {
  try {
    return parseRule(collection, new TypeDef(0, '', 0), '', definition);
  } catch (error) {
    if (error instanceof TiError) throw unknown(definition);
    throw error;
  }
}
