/** What the names of a script are, for colours by meaning: what a grammar for colours alone cannot tell, such as a parameter from a variable. */
import type { Analysis } from '../analysis/analyze.ts';
import type { Span } from '../ast/nodes.ts';
import { constant } from '../builtins/library.ts';
import { type Occurrence, occurrences } from './symbols.ts';

export type NameKind = 'variable' | 'parameter' | 'property' | 'method' | 'function' | 'class' | 'enum' | 'enumMember';

export interface NamePlace {
  readonly span: Span;
  readonly kind: NameKind;
  /** Of the language itself: a built-in, or a constant. */
  readonly isBuiltin: boolean;
  readonly isConstant: boolean;
}

function kindOf({ schema }: Analysis, { meaning }: Occurrence): NameKind {
  switch (meaning.kind) {
    case 'variable': {
      const { owner } = meaning;
      return owner?.kind === 'ClosureLiteral' && owner.params.some(({ name }) => name === meaning.name) ? 'parameter' : 'variable';
    }
    case 'function':
    case 'procedure':
      return 'function';
    case 'schema':
      return schema.enums.has(meaning.name) ? 'enum' : 'class';
    case 'part':
      if (schema.enums.get(meaning.of)?.members.has(meaning.name) === true) return 'enumMember';
      return schema.types.get(meaning.of)?.methods.has(meaning.name) === true ? 'method' : 'property';
    default:
      return meaning.kind;
  }
}

const isConstant = ({ meaning }: Occurrence): boolean =>
  meaning.kind === 'variable' && meaning.owner === null && constant(meaning.name) !== undefined;

/** The names of a script in the order of the text; none overlaps another. */
export function namePlaces(analysis: Analysis): NamePlace[] {
  const places: NamePlace[] = [];
  let end = -1;
  for (const occurrence of occurrences(analysis).toSorted((a, b) => a.span.start - b.span.start)) {
    const { span, meaning } = occurrence;
    if (span.start < end || span.end <= span.start) continue;
    end = span.end;
    const constantName = isConstant(occurrence);
    places.push({
      span,
      kind: kindOf(analysis, occurrence),
      isBuiltin: meaning.kind === 'function' || constantName,
      isConstant: constantName,
    });
  }
  return places;
}
