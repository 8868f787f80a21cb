/** What the values of a plain thing may be restricted to: a type of the language, or a type or enumerator of the collection. */
import { TiError, valueErr } from '../errors.ts';
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

/** The rule of a restriction that a type once gave, as `FieldRule.definition` tells it. */
export function readRestriction(collection: Collection, definition: string): FieldRule {
  return definition === 'enum' ? new FieldRule({ kind: RuleKind.ENUM, base: definition, strict: true }) : ruleFor(collection, definition);
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
