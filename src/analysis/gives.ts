/** The types that rows of built-ins tell, for one call. */
import { Kind, kindMask, type Row } from '../builtins/row.ts';
import { ANY, ERROR, instanceOf, join, listOf, memberOf, NEVER, NIL, ofMask, setOf, type Type } from './types.ts';

/** What a call is given. */
export interface Given {
  readonly self: Type;
  readonly args: readonly Type[];
  /** What the closure among the arguments gives; null when there is none in the text. */
  readonly result: Type | null;
}

const masks = new Map<string, Type | null>();

/** The type of names of kinds, such as `int|nil`; null when there is something else in it. */
function kinds(spec: string): Type | null {
  let type = masks.get(spec);
  if (type === undefined) {
    try {
      type = ofMask(kindMask(spec));
    } catch {
      type = null;
    }
    masks.set(spec, type);
  }
  return type;
}

/** The item of what a method is called on. */
function itemOf(self: Type): Type {
  if (self.item !== null) return self.item;
  return self.mask === Kind.set ? ofMask(Kind.thing) : ANY;
}

function named(args: readonly Type[], make: (name: string) => Type, otherwise: number): Type {
  const name = args[0]?.value;
  return typeof name === 'string' ? make(name) : ofMask(otherwise);
}

function word(spec: string, given: Given): Type {
  switch (spec) {
    case 'self':
      return given.self;
    case 'item':
      return itemOf(given.self);
    case 'result':
      return given.result ?? ANY;
    case 'arg1':
      return given.args[0] ?? NIL;
    case 'arg2':
      return given.args[1] ?? NIL;
    case 'instance':
      return named(given.args, instanceOf, Kind.thing);
    case 'member':
      return named(given.args, memberOf, Kind.enum);
    case 'never':
      return NEVER;
    case 'error':
      return ERROR;
    default:
      return kinds(spec) ?? ANY;
  }
}

/** The type that a text in the words of `Row.gives` means for a call. */
export function typeOfWords(spec: string, given: Given): Type {
  const whole = kinds(spec);
  if (whole !== null) return whole;
  let type = NEVER;
  for (const part of spec.split('|')) {
    if (part.startsWith('[')) type = join(type, listOf(word(part.slice(1, -1), given)));
    else if (part.startsWith('{')) type = join(type, setOf(word(part.slice(1, -1), given)));
    else type = join(type, word(part, given));
  }
  return type;
}

/** What a call of a built-in gives. */
export function resultOf(row: Row, given: Given): Type {
  if (row.gives !== undefined) return typeOfWords(row.gives, given);
  if (row.returns === '<Type>') return ofMask(Kind.wrap);
  return kinds(row.returns) ?? ANY;
}
