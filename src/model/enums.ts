import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { type EnumInfo, EnumMember } from '../values/handles.ts';
import { equal } from '../values/operators.ts';
import { Bytes, Float } from '../values/scalars.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import { type Lockable, MethodMap } from './types.ts';

/** An enumerator: members in order, of which the first is the default, and methods. */
export class EnumDef implements EnumInfo, Lockable {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  modifiedAt: number | null = null;
  /** By name; a member keeps its object and its id for life. */
  readonly members = new Map<string, EnumMember>();
  readonly methods: MethodMap;
  nextMemberId = 1;
  locks = 0;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
    this.methods = new MethodMap(this);
  }

  add(name: string, value: Value): EnumMember {
    const member = new EnumMember(this, name, value, this.nextMemberId++);
    this.members.set(name, member);
    return member;
  }

  /** The member of that name. Throws lookup_err. */
  member(name: string): EnumMember {
    const member = this.members.get(name);
    if (member === undefined) throw lookupErr(`enum \`${this.name}\` has no member \`${name}\``);
    return member;
  }

  memberById(id: number): EnumMember | undefined {
    for (const member of this.members.values()) if (member.id === id) return member;
    return undefined;
  }

  hasName(name: string): boolean {
    return this.members.has(name) || this.methods.has(name);
  }

  /** The member with an equal value; a str and bytes are equal when their bytes are. Undefined when there is none. */
  find(value: Value): EnumMember | undefined {
    for (const member of this.members.values()) if (sameValue(member.value, value)) return member;
    return undefined;
  }

  /** The member with that value. Throws lookup_err, or type_err when the value is of another type than those of the members. */
  byValue(value: Value): EnumMember {
    const member = this.find(value);
    if (member !== undefined) return member;
    const { value: own } = this.first;
    if (own instanceof Bytes && value instanceof Bytes) throw typeErr(`enum \`${this.name}\` has no member with these bytes`);
    if (alike(own, value)) throw lookupErr(`enum \`${this.name}\` has no member with that value`);
    throw typeErr(`enum \`${this.name}\` has members of type \`${kindName(own)}\`, but got a value of type \`${typeName(value)}\``);
  }

  get first(): EnumMember {
    return this.members.values().next().value as EnumMember;
  }

  /** Puts the members into another order, or others in their place. */
  setMembers(members: Iterable<EnumMember>): void {
    const list = [...members];
    this.members.clear();
    for (const member of list) this.members.set(member.name, member);
  }
}

/** The bytes of bytes are compared as those of a str. */
const comparable = (value: Value): Value => (value instanceof Bytes ? value.bytes : value);

const sameValue = (a: Value, b: Value): boolean => equal(comparable(a), comparable(b));

const isNumber = (value: Value): boolean => typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;

/** Whether a value of this type could be that of a member. */
function alike(own: Value, value: Value): boolean {
  if (typeof own === 'number' || typeof own === 'bigint') return isNumber(value);
  if (typeof own === 'string') return typeof value === 'string' || value instanceof Bytes;
  return own instanceof Thing && value instanceof Thing;
}

/** The name of the type that all members of an enumerator have; things and instances are one. */
export const kindName = (value: Value): string => (value instanceof Thing ? 'thing' : typeName(value));

const isMemberValue = (value: Value): boolean =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  typeof value === 'string' ||
  value instanceof Float ||
  value instanceof Bytes ||
  value instanceof Thing;

/** Throws unless the value may be that of a new member beside the others: of a type that enumerators take, of the same type, and not there yet. */
export function checkMemberValue(enumeration: EnumDef, value: Value): void {
  const double = enumeration.find(value);
  if (double !== undefined) throw valueErr(`enum \`${enumeration.name}\` has the value already, under the name \`${double.name}\``);
  if (!isMemberValue(value)) {
    throw typeErr(`members of an enum are of type \`int\`, \`float\`, \`str\`, \`bytes\` or \`thing\`, not of type \`${typeName(value)}\``);
  }
  if (enumeration.members.size === 0) return;
  const kind = kindName(enumeration.first.value);
  if (kind !== kindName(value)) {
    throw typeErr(
      `the members of enum \`${enumeration.name}\` are of type \`${kind}\`, so one of type \`${typeName(value)}\` cannot be added`,
    );
  }
}
