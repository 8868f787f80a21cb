import type { Value } from './value.ts';

/**
 * What a place accepts: the field of a type, the items of a typed list or set, the values of a restricted thing. The model implements it
 * from definitions such as `[str]` or `{Person}`.
 */
export interface Restriction {
  /** The definition as its user wrote it, such as `str` or `Person?`. */
  readonly definition: string;
  /** Whether `value` may stand in the place as it is. */
  accepts(value: Value): boolean;
}
