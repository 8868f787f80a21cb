/** What the values of a plain thing may be restricted to: a type of the language, or a type or enumerator of the collection. */
import { TiError, valueErr } from '../errors.ts';
import type { Restriction } from '../values/restriction.ts';
import type { Collection } from './collection.ts';
import { FieldRule, RuleKind } from './rules.ts';
import { parseRule } from './rules-parse.ts';

const unknown = (definition: string): TiError => valueErr(`failed to set the restriction; unknown type \`${definition}\``);

/**
 * Reads a definition such as `int` or `Person?`; null when it allows anything. Only types and enumerators of the collection may be nillable: a
 * question mark behind any other is passed over. Throws value_err.
 */
export function parseRestriction(collection: Collection | null, definition: string): FieldRule | null {
  const nillable = definition.endsWith('?');
  const base = nillable ? definition.slice(0, -1) : definition;
  if (base === '') throw valueErr('the definition of a restriction must not be empty');
  if (base.includes('<')) throw valueErr(`a restriction must not contain a condition, as \`${definition}\` does`);
  if (base === 'any') return null;
  if (base === 'enum') return new FieldRule({ kind: RuleKind.ENUM, base, strict: true });
  const isOwn = collection !== null && (collection.types.has(base) || collection.enums.has(base));
  if (!isOwn && !/^(?:[a-z0-9]+|\[\]|\{\})$/.test(base)) throw unknown(definition);
  return ruleFor(collection, isOwn ? definition : base);
}

/** How a restriction is stored: types and enumerators by their ids, since their names may change. */
export function restrictionText(restriction: Restriction): string {
  const { definition } = restriction;
  if (!(restriction instanceof FieldRule)) return definition;
  const end = definition.endsWith('?') ? '?' : '';
  if (restriction.type !== null) return `#t${restriction.type.id}${end}`;
  return restriction.enumeration === null ? definition : `#e${restriction.enumeration.id}${end}`;
}

/** The rule that `restrictionText` wrote; also that of a definition with names. */
export function readRestriction(collection: Collection, text: string): FieldRule {
  if (text === 'enum') return new FieldRule({ kind: RuleKind.ENUM, base: text, strict: true });
  return ruleFor(collection, text[0] === '#' ? withNames(collection, text) : text);
}

function withNames({ typesById, enumsById }: Collection, text: string): string {
  const isNillable = text.endsWith('?');
  const id = Number(text.slice(2, isNillable ? -1 : undefined));
  const named = text[1] === 't' ? typesById.get(id) : enumsById.get(id);
  if (named === undefined) throw new Error(`damaged record: a restriction to \`${text}\`, which does not exist`);
  return isNillable ? `${named.name}?` : named.name;
}

function ruleFor(collection: Collection | null, definition: string): FieldRule {
  try {
    return parseRule(
      {
        where: 'failed to set the restriction',
        type: (name) => collection?.types.get(name),
        enumeration: (name) => collection?.enums.get(name),
      },
      definition,
    );
  } catch (error) {
    if (error instanceof TiError) throw unknown(definition);
    throw error;
  }
}
