/** `restrict`: what the values of a thing must be. */
import { valueErr } from '../errors.ts';
import { valuesOf } from '../model/references.ts';
import { parseRestriction } from '../model/restrictions.ts';
import type { Thing } from '../values/thing.ts';
import type { MethodRow, Row } from './row.ts';
import { plainOnly } from './things-common.ts';

const restrict: MethodRow = {
  name: 'restrict',
  receiver: 'thing',
  changes: ['collection'],
  notUnderNse: true,
  locks: true,
  params: [{ name: 'definition', type: 'str|nil' }],
  returns: 'thing',
  doc: 'Restricts what the values of the thing may be, to a type such as `int` or `Person`; nil allows anything again. Gives the thing.',
  example: 't = {}.restrict(\'int\'); t.x = 10; t;  // => {"x": 10}',
  page: 'data-types/thing/restrict',
  run: (cx, self: Thing, definition: string | null) => {
    plainOnly(self, 'restrict');
    const rule = definition === null ? null : parseRestriction(cx.collection, definition);
    if (rule !== null) {
      cx.spend(self.size);
      for (const value of valuesOf(self)) {
        if (!rule.accepts(value)) throw valueErr(`a value that the thing has does not match the restriction \`${rule.definition}\``);
      }
    }
    cx.tx.restrict(self, rule);
    return self;
  },
};

export const thingRestrictRows: readonly Row[] = [restrict];
