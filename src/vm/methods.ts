/** What calls of methods call: built-ins, closures in properties, methods of types and enumerators, what modules expose. */

import { type Builtin, Given, scopeError } from '../builtins/builtin.ts';
import type { MethodTable } from '../builtins/library.ts';
import { USE_ARGUMENT } from '../builtins/lists-early.ts';
import { exposedFunction } from '../builtins/module-calls.ts';
import { isOfKind, kindOf, ScopeBit } from '../builtins/row.ts';
import type { MethodSite } from '../bytecode/program.ts';
import { lookupErr, TiError, typeErr } from '../errors.ts';
import type { EnumDef } from '../model/enums.ts';
import { Method, type TypeDef } from '../model/types.ts';
import { Closure } from '../values/closure.ts';
import { PREFIX_2019, typeName2019, writtenName } from '../values/dialect-2019.ts';
import { EnumMember, ModuleRef, Wrapped } from '../values/handles.ts';
import { Thing } from '../values/thing.ts';
import { typeName, type Value } from '../values/value.ts';
import type { Container } from './frame.ts';
import type { Machine } from './machine.ts';

const ALL_SCOPES = ScopeBit.collection | ScopeBit.thingsdb | ScopeBit.node;

/** What a call of a method calls. Throws. */
export function resolveMethod(m: Machine, site: MethodSite, x: Value, count: number): Builtin | Closure | Method {
  const callee = findMethod(m, site, x, count);
  if (callee instanceof TiError) throw callee;
  return callee;
}

/** The same, but an error that scripts may well expect is given. */
export function findMethod(m: Machine, site: MethodSite, x: Value, count: number): Builtin | Closure | Method | TiError {
  if (count === site.count && isOfKind(x, site.kind)) {
    const builtin = site.builtin as Builtin;
    if (builtin.locks) m.lockFree(x as Container);
    return builtin;
  }
  const kind = kindOf(x);
  let table = site.table as MethodTable | undefined;
  if (table === undefined) {
    table = m.host.methodTable(site.name);
    site.table = table;
  }
  const builtin = table.find(kind);
  if (builtin !== undefined) {
    if (count < builtin.min || (builtin.max >= 0 && count > builtin.max)) return builtin.countError(count);
    if ((builtin.scopes & ScopeBit[m.scope]) === 0) throw scopeError(builtin, m.scope);
    if (builtin.scopes === ALL_SCOPES) {
      site.kind = kind;
      site.count = count;
      site.builtin = builtin;
    }
    if (builtin.locks) m.lockFree(x as Container);
    return builtin;
  }
  if (site.name.startsWith(PREFIX_2019)) return noFunction2019(site.name, x);
  if (x instanceof Thing) return propertyMethod(site, x);
  if (x instanceof Closure && site.name === 'call') return x;
  if (x instanceof ModuleRef) return exposedFunction(m.context, x, site.name);
  const method = ownerOf(x)?.methods.callable(site.name);
  if (method !== undefined) return method;
  return lookupErr(`type \`${typeName(x)}\` has no function \`${site.name}\``);
}

/** The closure in a property of a thing, or the method of its type. */
function propertyMethod(site: MethodSite, thing: Thing): Closure | Method | TiError {
  const { cache, name } = site;
  let value: Value | undefined;
  if (thing.layout === cache.shape) value = thing.cells[cache.slot];
  else {
    value = thing.get(name);
    if (value === undefined) {
      const method = (thing.shape.type as TypeDef | null)?.methods.callable(name);
      if (method !== undefined) return method;
    }
    const slot = thing.dict === null ? thing.shape.slotOf.get(name) : undefined;
    if (slot !== undefined) {
      cache.shape = thing.shape;
      cache.slot = slot;
    }
  }
  if (value instanceof Closure) return value;
  if (value === undefined) return lookupErr(`thing \`#${thing.id}\` has no property or method \`${name}\``);
  return typeErr(`property \`${name}\` is of type \`${typeName(value)}\` and is not callable`);
}

/** Whether a callee takes no more than the arguments given so far; a method of a type takes its instance besides. */
export function takesNoMore(m: Machine, callee: unknown, given: number): boolean {
  if (callee instanceof Closure) return m.codeOf(callee).arity <= given;
  return callee instanceof Method && m.codeOf(callee.closure).arity <= given + 1;
}

/** Asks a built-in before its argument `index` is evaluated whether it is needed; undefined: it is. `sp` is told because closures may run. */
export function askEarly(m: Machine, builtin: Builtin, self: Value, index: number, first: Value, sp: number): Given | undefined {
  if (builtin.early === null) return undefined;
  m.sp = sp;
  const answer = builtin.early(m.context, self, index, first);
  if (answer === undefined) return undefined;
  if (builtin.locks) m.unlock();
  return new Given(answer === USE_ARGUMENT ? undefined : answer);
}

/** What a method gets as its first argument: the receiver, without its wrap. */
export const thisOf = (self: Value): Value => (self instanceof Wrapped ? self.thing : self);

/** What has the methods of a wrap or of a member of an enumerator. */
function ownerOf(x: Value): TypeDef | EnumDef | null {
  if (x instanceof Wrapped) return x.type as TypeDef;
  return x instanceof EnumMember ? (x.enumeration as EnumDef) : null;
}

const noFunction2019 = (name: string, x: Value): TiError =>
  lookupErr(`type \`${typeName2019(x)}\` has no function \`${writtenName(name)}\``);
