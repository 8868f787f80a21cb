/** Values that instructions make: things, instances of types, members of enumerators, anonymous types, texts, regular expressions. */

import { callModule } from '../builtins/module-calls.ts';
import { textOf } from '../builtins/text.ts';
import type { Program } from '../bytecode/program.ts';
import { ErrorCode, lookupErr, TiError, typeErr, valueErr } from '../errors.ts';
import type { Collection } from '../model/collection.ts';
import { EnumDef } from '../model/enums.ts';
import { defaultInstance } from '../model/initial.ts';
import { instanceOf, makeInstance, planFor } from '../model/instances.ts';
import { type TypeDef, typeByName } from '../model/types.ts';
import { makeAnoType } from '../model/types-define.ts';
import { ModuleRef } from '../values/handles.ts';
import { List } from '../values/list.ts';
import { checkedText } from '../values/operators.ts';
import type { Regex } from '../values/regex.ts';
import { SetValue } from '../values/set.ts';
import { MAX_SHAPE_KEYS, Shape } from '../values/shape.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Machine } from './machine.ts';

/** A new thing with the keys of a constant, and values that lie at `base`. */
export function makeThing(m: Machine, program: Program, keysIndex: number, base: number, count: number): Thing {
  return thingOf(m, program, keysIndex, m.stack.slice(base, base + count));
}

/** A new thing with the keys of a constant; `slots` becomes its own. */
export function thingOf(m: Machine, program: Program, keysIndex: number, slots: Value[]): Thing {
  let shape = program.shapes[keysIndex];
  if (shape === undefined) {
    const names = (program.constants[keysIndex] as List).items as string[];
    shape = names.length <= MAX_SHAPE_KEYS && new Set(names).size === names.length ? Shape.of(names) : null;
    program.shapes[keysIndex] = shape;
  }
  if (shape === null) return makeLargeThing(m, (program.constants[keysIndex] as List).items as string[], slots);
  const thing = new Thing(shape, slots);
  for (let i = 0; i < slots.length; i++) {
    const value = slots[i] as Value;
    if (typeof value === 'object' && value !== null) slots[i] = m.tx.property(thing, shape.keys[i] as string, value, false);
  }
  return thing;
}

/** Keys that come twice, or more keys than a shape has. */
function makeLargeThing(m: Machine, keys: readonly string[], values: readonly Value[]): Thing {
  const thing = new Thing(Shape.empty, []);
  keys.forEach((key, i) => {
    thing.put(key, m.tx.property(thing, key, values[i] as Value, false));
  });
  return thing;
}

/** A copy of a list or set, for a thing that is not made yet. */
export function own(value: Value): Value {
  if (value instanceof List) return new List(value.items.slice());
  return value instanceof SetValue ? new SetValue(new Set(value.things)) : value;
}

/** Begins an instance: its type must exist, and must not change until `finishInstance`. */
export function beginInstance(m: Machine, name: string): TypeDef {
  if (m.collection === null) throw lookupErr(`type \`${name}\` is undefined; types exist in a \`@collection\` scope`);
  const type = typeByName(m.collection, name);
  if (type.wrapOnly) throw wrapOnly(type);
  m.lock(type);
  return type;
}

/** Makes an instance of the type that `beginInstance` gave, with values that lie at `base`. */
export function finishInstance(m: Machine, type: TypeDef, keys: readonly string[], base: number): Thing {
  m.unlock();
  return makeInstance(m.tx, planFor(m.collection as Collection, type, keys), m.stack, base);
}

/** Calls what is no closure: makes or finds an instance of a type, finds the member of an enumerator, or asks a module. */
export function construct(m: Machine, callee: unknown, base: number, count: number): Value {
  if (callee instanceof ModuleRef) return callModule(m.context, callee, m.stack.slice(base, base + count));
  m.unlock();
  if (callee instanceof EnumDef) {
    if (count > 1) throw numArguments(callee.name, 'at most 1 argument', count);
    return count === 0 ? callee.first : callee.byValue(m.stack[base] as Value);
  }
  const type = callee as TypeDef;
  if (count > 1) throw numArguments(type.name, 'at most 1 argument', count);
  if (type.wrapOnly) throw wrapOnly(type);
  return count === 0 ? defaultInstance(m.collection as Collection, type) : instanceOf(m.tx, type, m.stack[base] as Value);
}

/** An anonymous type of a text is made once in each run. */
export function makeAno(m: Machine, keys: readonly string[], base: number): Value {
  if (m.collection === null) throw lookupErr('anonymous types exist in a `@collection` scope');
  const known = m.anos.get(keys);
  if (known?.run === m.run) return known.ano;
  const ano = makeAnoType(keys.map((key, i) => [key, m.stack[base + i] as Value]));
  m.anos.set(keys, { run: m.run, ano });
  return ano;
}

/** The enumerator of that name. Throws lookup_err. */
export function enumOf(m: Machine, name: string): EnumDef {
  const found = m.collection?.enums.get(name);
  if (found === undefined) throw lookupErr(`enum \`${name}\` is undefined`);
  return found;
}

/** A member by its name. Throws type_err, lookup_err. */
export function enumMember(m: Machine, name: string, member: Value): Value {
  if (typeof member !== 'string') throw typeErr(`expecting a member name of type \`str\` but got type \`${typeName(member)}\` instead`);
  return enumOf(m, name).member(member);
}

/** A regex of the text; an invalid one is an error where it is met. */
export function regex(value: Regex): Regex {
  const wrong = /[^gims]/.exec(value.flags);
  if (wrong !== null) throw valueErr(`unsupported regular expression flag: \`${wrong[0]}\`; there are \`i\`, \`m\`, \`s\` and \`g\``);
  void value.matcher;
  return value;
}

/** The text of a template, whose parts lie at `base`. Throws when it is too long. */
export function template(m: Machine, base: number, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) {
    const value = m.stack[base + i] as Value;
    text += typeof value === 'string' ? value : textOf(value);
  }
  return checkedText(text);
}

const wrapOnly = (type: TypeDef): TiError => typeErr(`type \`${type.name}\` is in wrap-only mode, so there are no instances of it`);

function numArguments(name: string, want: string, given: number): TiError {
  return new TiError(ErrorCode.NUM_ARGUMENTS, `\`${name}\` takes ${want} but ${given} ${given === 1 ? 'was' : 'were'} given`);
}
