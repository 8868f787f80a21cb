import type { Value } from './value.ts';

/** What is wrong with a value: nothing, that it is of another type, or that it is of the type but out of bounds or of the wrong form. */
export const Fault = { NONE: 0, TYPE: 1, VALUE: 2 } as const;

/**
 * What a place accepts: the field of a type, the items of a typed list or set, the values of a restricted thing. The model implements it
 * from definitions such as `[str]` or `{Person}`.
 */
export interface Restriction {
  /** The definition as its user wrote it, such as `str` or `Person?`. */
  readonly definition: string;
  /** Whether `value` may stand in the place as it is. */
  accepts(value: Value): boolean;
  /** What is wrong with the value, as a number of `Fault`. */
  check(value: Value): number;
}
