/** All texts that have run, or that are about to. */
import type { FunctionCode, Program } from '../bytecode/program.ts';
import type { Collection } from '../model/collection.ts';
import type { Procedure } from '../model/procedures.ts';
import { fromBytes } from '../utf8.ts';
import type { Closure } from '../values/closure.ts';
import { Source } from './source.ts';

/** Where stored closures are found. */
export interface Stored {
  readonly collections: ReadonlyMap<number, Collection>;
  readonly procedures: ReadonlyMap<string, Procedure>;
}

export class Sources {
  private readonly ofProgram = new WeakMap<Program, Source>();
  /** Programs of the same text are the same to a person. */
  private readonly byText = new Map<string, Source>();
  private readonly all: Source[] = [];
  private readonly stored: Stored;
  private readonly onNew: (source: Source) => void;

  constructor(stored: Stored, onNew: (source: Source) => void) {
    this.stored = stored;
    this.onNew = onNew;
  }

  get list(): readonly Source[] {
    return this.all;
  }

  /** Makes a text known by its name and file. */
  add(program: Program, name: string, path: string | null): Source {
    const source = new Source(this.all.length + 1, name, path, program);
    this.all.push(source);
    this.ofProgram.set(program, source);
    this.byText.set(program.source, source);
    this.onNew(source);
    return source;
  }

  of(program: Program): Source {
    let source = this.ofProgram.get(program);
    if (source === undefined) {
      source = this.byText.get(program.source) ?? this.add(program, this.fileName(program), null);
      this.ofProgram.set(program, source);
    }
    return source;
  }

  private fileName({ main }: Program): string {
    const owner = this.ownerOf(main);
    return `${owner === '' ? `closure-${this.all.length}` : owner}.ti`;
  }

  /** What a function is called; empty for one without a name. */
  nameOf(fn: FunctionCode): string {
    return this.ownerOf(fn) || fromBytes(this.of(fn.program).nameOf(fn));
  }

  /** The name by which a stored closure is called: a procedure, `Type.method`; empty for all others. */
  private ownerOf(fn: FunctionCode): string {
    const scopes = [this.stored, ...this.stored.collections.values()];
    for (const { procedures } of scopes) {
      for (const { name, closure } of procedures.values()) if (isOf(closure, fn)) return fromBytes(name);
    }
    for (const { types, enums } of this.stored.collections.values()) {
      for (const owner of [...types.values(), ...enums.values()]) {
        for (const [name, closure] of owner.methods) if (isOf(closure, fn)) return fromBytes(`${owner.name}.${name}`);
      }
    }
    return '';
  }
}

const isOf = (closure: Closure, fn: FunctionCode): boolean => closure.code === fn;
