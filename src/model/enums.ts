import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { type EnumInfo, EnumMember } from '../values/handles.ts';
import { equal } from '../values/operators.ts';
import { typeName, type Value } from '../values/value.ts';

/** An enumerator: members in order; the first is the default. */
export class EnumDef implements EnumInfo {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  modifiedAt: number | null = null;
  readonly members = new Map<string, EnumMember>();

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
  }

  add(name: string, value: Value): EnumMember {
    const member = new EnumMember(this, name, value);
    this.members.set(name, member);
    return member;
  }

  /** The member of that name. Throws lookup_err. */
  member(name: string): EnumMember {
    const member = this.members.get(name);
    if (member === undefined) throw lookupErr(`enum \`${this.name}\` has no member \`${name}\``);
    return member;
  }

  /** The member with that value. Throws value_err, or type_err when the value is not of the members' type. */
  byValue(value: Value): EnumMember {
    let sameType = false;
    for (const member of this.members.values()) {
      if (equal(member.value, value) && typeName(member.value) === typeName(value)) return member;
      sameType ||= typeName(member.value) === typeName(value);
    }
    if (sameType) throw valueErr(`enum \`${this.name}\` has no member with that value`);
    throw typeErr(`enum \`${this.name}\` has no members of type \`${typeName(value)}\``);
  }

  get first(): EnumMember {
    return this.members.values().next().value as EnumMember;
  }
}
