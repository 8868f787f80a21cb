/** Reads definitions of fields, such as `str`, `&Person?`, `[int]` or `str<1:20>`. */
import { lookupErr, type TiError, typeErr, valueErr } from '../errors.ts';
import { EnumMember } from '../values/handles.ts';
import type { Value } from '../values/value.ts';
import type { EnumDef } from './enums.ts';
import { FieldRule, RuleKind, type RuleParts, WrapFlag } from './rules.ts';
import { conditionError, parseCondition, parsePattern } from './rules-condition.ts';
import type { TypeDef } from './types.ts';

/** Where a definition is read: what names in it mean, and how its errors begin. */
export interface RuleScope {
  /** Begins each error: which field of which type is declared. */
  readonly where: string;
  type(name: string): TypeDef | undefined;
  enumeration(name: string): EnumDef | undefined;
}

const NAMED: ReadonlyMap<string, number> = new Map([
  ['any', RuleKind.ANY],
  ['str', RuleKind.STR],
  ['utf8', RuleKind.UTF8],
  ['raw', RuleKind.RAW],
  ['bytes', RuleKind.BYTES],
  ['bool', RuleKind.BOOL],
  ['int', RuleKind.INT],
  ['uint', RuleKind.UINT],
  ['pint', RuleKind.PINT],
  ['nint', RuleKind.NINT],
  ['float', RuleKind.FLOAT],
  ['number', RuleKind.NUMBER],
  ['datetime', RuleKind.DATETIME],
  ['timeval', RuleKind.TIMEVAL],
  ['regex', RuleKind.REGEX],
  ['closure', RuleKind.CLOSURE],
  ['error', RuleKind.ERROR],
  ['room', RuleKind.ROOM],
  ['task', RuleKind.TASK],
  ['thing', RuleKind.THING],
  ['email', RuleKind.EMAIL],
  ['url', RuleKind.URL],
  ['tel', RuleKind.TEL],
  ['enum', RuleKind.ENUM],
]);

/** Words of the language, types that no definition names, and some kept free for later. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['nil', 'true', 'false', 'if', 'else', 'for', 'in', 'return', 'break', 'continue', 'try', 'catch'],
  ...['list', 'tuple', 'set', 'type', 'typed', 'ano', 'future', 'mpdata', 'module', 'date', 'time'],
]);

/** Names that definitions and the language use themselves; a type or enumerator cannot have one. */
export const isReservedName = (name: string): boolean => NAMED.has(name) || RESERVED.has(name);

const FLAGS: Readonly<Record<string, number>> = {
  '&': WrapFlag.SAME_DEEP,
  '+': WrapFlag.MAX_DEEP,
  '-': WrapFlag.MIN_DEEP,
  '^': WrapFlag.NO_IDS,
  '*': WrapFlag.MEMBER_NAME,
  '?': WrapFlag.SKIP_NIL,
  '!': WrapFlag.SKIP_FALSE,
};

/** Reads a definition with its flags. Throws value_err, type_err, lookup_err and overflow_err that name the field. */
export function parseRule(scope: RuleScope, definition: string): FieldRule {
  if (definition === '') throw conditionError(scope.where, 'a definition must not be empty');
  let flags = 0;
  let at = 0;
  for (let flag = FLAGS[definition.charAt(0)]; flag !== undefined; flag = FLAGS[definition.charAt(++at)]) {
    if ((flags & flag) !== 0) throw conditionError(scope.where, `the flag \`${definition.charAt(at)}\` comes twice`);
    flags |= flag;
  }
  if ((flags & WrapFlag.MAX_DEEP) !== 0 && (flags & WrapFlag.MIN_DEEP) !== 0) {
    throw conditionError(scope.where, 'the flags `+` and `-` exclude each other');
  }
  const parts = parseBody(scope, definition.slice(at));
  if ((flags & WrapFlag.SKIP_NIL) !== 0 && !parts.nillable && parts.kind !== RuleKind.ANY && namesSomething(parts)) {
    throw typeErr(`${scope.where}; the flag \`?\` needs a definition that can be nil`);
  }
  return new FieldRule({ ...parts, flags, flagText: definition.slice(0, at) });
}

/** Whether the definition has a word: one of the language, a type or an enumerator; ranges, patterns and brackets around nothing have none. */
const namesSomething = ({ kind, base, item }: RuleParts): boolean =>
  kind === RuleKind.TYPE || kind === RuleKind.MEMBER || NAMED.has(base ?? '') || (item ?? null) !== null;

function parseBody(scope: RuleScope, text: string): RuleParts {
  const nillable = text.endsWith('?');
  const base = nillable ? text.slice(0, -1) : text;
  if (base === '') throw conditionError(scope.where, 'there is no definition');
  return { ...parseBase(scope, base, nillable), nillable };
}

function parseBase(scope: RuleScope, text: string, nillable: boolean): RuleParts {
  const fail = (why: string): TiError => conditionError(scope.where, why);
  if (text.startsWith('[')) return { kind: RuleKind.LIST, item: parseInside(scope, text, ']') };
  if (text.startsWith('{')) return { kind: RuleKind.SET, item: setItem(scope, parseInside(scope, text, '}')) };
  if (text.startsWith('thing<') && text.length > 6) {
    if (!text.endsWith('>')) throw fail(`expecting \`>\` at the end of \`${text}\``);
    return { kind: RuleKind.RESTRICTED, item: parseItem(scope, text.slice(6, -1), true) };
  }
  if (text.startsWith('/')) return parsePattern(text, nillable, fail);
  if (text.endsWith('>')) {
    const open = text.indexOf('<');
    return parseCondition(text.slice(0, Math.max(open, 0)), text.slice(open + 1, -1), fail);
  }
  return parseName(scope, text);
}

/** What stands between the brackets of a list or set; null for nothing. */
function parseInside(scope: RuleScope, text: string, close: string): FieldRule | null {
  if (text.length < 2 || !text.endsWith(close)) throw conditionError(scope.where, `expecting \`${close}\` at the end of \`${text}\``);
  return parseItem(scope, text.slice(1, -1));
}

/** `strict`: `enum` alone does not take nil. */
function parseItem(scope: RuleScope, text: string, strict = false): FieldRule | null {
  if (text === '') return null;
  if (/^[[{/]/.test(text) || text.startsWith('thing<') || /.>\??$/.test(text)) {
    throw conditionError(scope.where, `\`${text}\` cannot stand inside of another definition`);
  }
  const parts = parseBody(scope, text);
  if (parts.preset instanceof EnumMember)
    throw typeErr(`${scope.where}; \`${text}\` cannot stand inside of another definition: it names a default`);
  return new FieldRule({ ...parts, strict });
}

function setItem(scope: RuleScope, item: FieldRule | null): FieldRule | null {
  if (item === null || item.kind === RuleKind.ANY) return item;
  if ((item.kind === RuleKind.TYPE || item.kind === RuleKind.THING) && !item.nillable) return item;
  throw typeErr(`${scope.where}; a set cannot contain \`${item.definition}\``);
}

function parseName(scope: RuleScope, text: string): RuleParts {
  const kind = NAMED.get(text);
  if (kind !== undefined) return { kind, base: text };
  const type = scope.type(text);
  if (type !== undefined) return { kind: RuleKind.TYPE, type };
  const open = text.endsWith('}') ? text.indexOf('{') : -1;
  const enumeration = scope.enumeration(open < 0 ? text : text.slice(0, open));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
  if (!/^[\x00-\x7f]*$/.test(text)) throw valueErr(`${scope.where}; a definition must consist of ASCII characters`);
  if (enumeration === undefined) throw typeErr(`${scope.where}; unknown type \`${text}\` in declaration`);
  if (open < 0) return { kind: RuleKind.MEMBER, enumeration };
  return { kind: RuleKind.MEMBER, enumeration, preset: presetMember(scope, enumeration, text.slice(open + 1, -1)) };
}

function presetMember(scope: RuleScope, enumeration: EnumDef, name: string): Value {
  if (name === '') throw typeErr(`${scope.where}; the default member is meant without curly brackets: \`${enumeration.name}\``);
  const member = enumeration.members.get(name);
  if (member === undefined) throw lookupErr(`${scope.where}; enum \`${enumeration.name}\` has no member \`${name}\``);
  return member;
}
