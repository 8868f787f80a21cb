/** Chains: properties, methods, indexes and slices, and the assignments through them. */
import type { ChainExpr, Expr, IndexLink, Link, MethodLink, PropertyLink, SliceLink } from '../ast/nodes.ts';
import { Op } from '../bytecode/opcodes.ts';
import { Effect } from '../values/closure.ts';
import { type Label, newLabel } from './assembler.ts';
import { emitArguments } from './call.ts';
import type { FunctionCompiler } from './function.ts';
import { assignCode } from './operators.ts';

export function emitChain(fc: FunctionCompiler, expr: ChainExpr): void {
  const end = newLabel();
  if (expr.base === null) {
    fc.asm.mark(expr.start);
    fc.asm.emit(Op.ROOT);
  } else fc.expr(expr.base);
  expr.links.forEach((link, i) => {
    if ((link.kind === 'PropertyLink' || link.kind === 'MethodLink') && link.optional) {
      // Nil and errors end the whole chain; the root is neither.
      if (i > 0 || expr.base !== null) fc.asm.jump(Op.CHAIN_TEST, end);
    }
    emitLink(fc, expr, link, i);
  });
  fc.asm.place(end);
}

function emitLink(fc: FunctionCompiler, chain: ChainExpr, link: Link, i: number): void {
  switch (link.kind) {
    case 'PropertyLink':
      emitProperty(fc, link);
      break;
    case 'MethodLink':
      emitMethod(fc, chain, link, i);
      break;
    case 'IndexLink':
      emitIndex(fc, link);
      break;
    case 'SliceLink':
      emitSlice(fc, link);
      break;
  }
}

const ASSIGNMENT = { mask: Effect.COLLECTION, notOnVariable: false } as const;

function noteAssignment(fc: FunctionCompiler, what: string, link: Link): void {
  fc.note(ASSIGNMENT, what, link, true);
}

function emitProperty(fc: FunctionCompiler, link: PropertyLink): void {
  const { asm, tables } = fc;
  const name = tables.name(link.name.name);
  if (link.assign === null) {
    asm.mark(link.start);
    asm.emit(Op.GET_PROP, name, asm.newCache());
    return;
  }
  noteAssignment(fc, `assignment to the property \`${link.name.name}\``, link);
  asm.mark(link.start);
  asm.emit(Op.LOCK_PROP, name);
  fc.expr(link.assign.value);
  asm.mark(link.start);
  if (link.assign.op === '=') asm.emit(Op.SET_PROP, name, link.assign.value.kind === 'ArrayLiteral' ? 1 : 0);
  else asm.emit(Op.COMPOUND_PROP, name, assignCode(link.assign.op));
}

function emitMethod(fc: FunctionCompiler, chain: ChainExpr, link: MethodLink, i: number): void {
  const { asm, tables } = fc;
  const rule = tables.catalog.methodEffect(link.name.name);
  // A variable or a value that the text itself makes is nothing stored, as far as can be told without running it.
  const isOwn = i === 0 && chain.base !== null;
  if (rule !== null && !(rule.notOnVariable && isOwn)) fc.note(rule, `\`.${link.name.name}\``, link, true);
  const count = link.args.length;
  asm.mark(link.start);
  asm.emit(Op.METHOD, tables.sites.push(link.name.name) - 1, count);
  const called = `.${link.name.name}`;
  emitArguments(fc, link.args, tables.catalog.methodDefers(link.name.name), () => fc.probe('call', link, called));
  asm.mark(link.start);
  asm.emit(Op.CALL_METHOD, count, undefined, -1 - count);
  fc.probe('done', link, called);
}

function emitIndex(fc: FunctionCompiler, link: IndexLink): void {
  const { asm } = fc;
  if (link.assign === null) {
    fc.expr(link.index);
    asm.mark(link.start);
    asm.emit(Op.INDEX);
    return;
  }
  noteAssignment(fc, 'assignment by index', link);
  asm.mark(link.start);
  asm.emit(Op.LOCK_INDEX);
  fc.expr(link.index);
  asm.mark(link.start);
  asm.emit(Op.CHECK_INDEX);
  fc.expr(link.assign.value);
  asm.mark(link.start);
  asm.emit(Op.SET_INDEX, assignCode(link.assign.op));
}

function emitParts(fc: FunctionCompiler, link: SliceLink): { bits: number; count: number } {
  let bits = 0;
  let count = 0;
  const parts: readonly (Expr | null)[] = [link.from, link.to, link.step];
  parts.forEach((part, i) => {
    if (part === null) return;
    fc.expr(part);
    bits |= 1 << i;
    count++;
  });
  return { bits, count };
}

function emitSlice(fc: FunctionCompiler, link: SliceLink): void {
  const { asm } = fc;
  asm.mark(link.start);
  if (link.assign === null) {
    const done: Label = newLabel();
    asm.jump(Op.SLICE_TEST, done);
    const { bits, count } = emitParts(fc, link);
    asm.mark(link.start);
    asm.emit(Op.SLICE, bits, undefined, -count);
    asm.place(done);
    return;
  }
  noteAssignment(fc, 'assignment to a slice', link);
  asm.emit(Op.LOCK_SLICE);
  const op = assignCode(link.assign.op);
  // No operator but `=` is for slices: others are refused before parts and value are evaluated.
  const { bits, count } = op === 0 ? emitParts(fc, link) : { bits: 0, count: 0 };
  asm.mark(link.start);
  asm.emit(Op.CHECK_SLICE, bits, undefined, 1 - count);
  if (op === 0) fc.expr(link.assign.value);
  else asm.emit(Op.NIL);
  asm.mark(link.start);
  asm.emit(Op.SET_SLICE, op);
}
