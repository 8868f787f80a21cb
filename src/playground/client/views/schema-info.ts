/** What a scope tells of its types, enumerators and procedures. */
import { fieldOf, listOf, stringOf, ThingValue, type Value } from '../net/values.ts';
import { summary } from './values.ts';

export interface TypeInfo {
  readonly name: string;
  readonly isWrapOnly: boolean;
  readonly fields: readonly (readonly [string, string])[];
  readonly methods: readonly Callable[];
  readonly relations: ReadonlyMap<string, { readonly type: string; readonly property: string }>;
}

export interface EnumInfo {
  readonly name: string;
  readonly members: readonly (readonly [string, string])[];
}

export interface Callable {
  readonly name: string;
  readonly params: readonly string[];
  readonly doc: string;
  readonly definition: string;
  readonly isChanging: boolean;
}

export interface SchemaInfo {
  readonly types: readonly TypeInfo[];
  readonly enums: readonly EnumInfo[];
  readonly procedures: readonly Callable[];
}

const entriesOf = (value: Value | undefined): readonly (readonly [string, Value])[] =>
  value instanceof ThingValue ? [...value.fields] : [];

function callableOf(name: string, told: Value): Callable {
  return {
    name,
    params: listOf(fieldOf(told, 'arguments')).map(stringOf),
    doc: stringOf(fieldOf(told, 'doc')),
    definition: stringOf(fieldOf(told, 'definition')),
    isChanging: fieldOf(told, 'with_side_effects') === true,
  };
}

const pairsOf = (value: Value | undefined, text: (value: Value) => string): (readonly [string, string])[] =>
  listOf(value).map((pair) => {
    const [name, told = null] = listOf(pair);
    return [stringOf(name), text(told)];
  });

function typeOf(told: Value): TypeInfo {
  return {
    name: stringOf(fieldOf(told, 'name')),
    isWrapOnly: fieldOf(told, 'wrap_only') === true,
    fields: pairsOf(fieldOf(told, 'fields'), (definition) => (typeof definition === 'string' ? definition : '{…}')),
    methods: entriesOf(fieldOf(told, 'methods')).map(([name, method]) => callableOf(name, method)),
    relations: new Map(
      entriesOf(fieldOf(told, 'relations')).map(([name, relation]) => [
        name,
        { type: stringOf(fieldOf(relation, 'type')), property: stringOf(fieldOf(relation, 'property')) },
      ]),
    ),
  };
}

/** Reads what `types_info()`, `enums_info()` and `procedures_info()` tell, as a map of the three. */
export function readSchemaInfo(told: Value): SchemaInfo {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => a.name.localeCompare(b.name, 'en');
  return {
    types: listOf(fieldOf(told, 'types')).map(typeOf).sort(byName),
    enums: listOf(fieldOf(told, 'enums'))
      .map((each) => ({
        name: stringOf(fieldOf(each, 'name')),
        members: pairsOf(fieldOf(each, 'members'), (value) => summary(value).text),
      }))
      .sort(byName),
    procedures: listOf(fieldOf(told, 'procedures'))
      .map((each) => callableOf(stringOf(fieldOf(each, 'name')), each))
      .sort(byName),
  };
}
