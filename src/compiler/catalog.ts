/** What the compiler needs to know of the built-ins; the library implements it from its rows. */

export interface EffectRule {
  /** Bits of `Effect`. */
  readonly mask: number;
  /** No effect when the receiver is a variable or a literal, since what they hold is no stored thing. */
  readonly notOnVariable: boolean;
}

export interface FunctionInfo {
  readonly name: string;
  readonly min: number;
  /** -1: no limit. */
  readonly max: number;
  readonly effect: EffectRule | null;
  /** Whether it only runs in some scopes. */
  readonly scoped: boolean;
  /** Whether its first argument names something that is locked while the others are evaluated. */
  readonly names: boolean;
  /** Bits of the scopes in which it runs; 7 for all. */
  readonly scopes: number;
  /** Whether a closure written as its first argument runs later, in a change of its own. */
  readonly defers: boolean;
}

export interface Catalog {
  /** The built-in called as `name(...)`. */
  functionInfo(name: string): FunctionInfo | undefined;
  /** The effect of `x.name(...)`, whatever x is. */
  methodEffect(name: string): EffectRule | null;
  /** The same as `FunctionInfo.defers` for `x.name(...)`, whatever x is. */
  methodDefers(name: string): boolean;
}
