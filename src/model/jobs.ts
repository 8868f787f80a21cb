/** What a change does to things, for those who watch some of them: recorded beside its operations while there is one who does. */
import type { Thing } from '../values/thing.ts';
import type { Value } from '../values/value.ts';

export type Job =
  | { readonly kind: 'assign'; readonly thing: Thing; readonly key: string; readonly value: Value }
  | { readonly kind: 'del'; readonly thing: Thing; readonly key: string }
  | { readonly kind: 'rename'; readonly thing: Thing; readonly key: string; readonly to: string }
  | {
      readonly kind: 'splice';
      readonly thing: Thing;
      readonly key: string;
      readonly start: number;
      readonly count: number;
      readonly items: readonly Value[];
    }
  /** An attribute of the 2019 dialect. */
  | { readonly kind: 'set'; readonly thing: Thing; readonly key: string; readonly value: Value }
  | { readonly kind: 'unset'; readonly thing: Thing; readonly key: string }
  /** The thing is new to the collection, or another one than before. */
  | { readonly kind: 'whole'; readonly thing: Thing }
  /** The thing has left the collection. */
  | { readonly kind: 'gone'; readonly thing: Thing };
