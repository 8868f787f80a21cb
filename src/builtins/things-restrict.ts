/** `restrict`: what the values of a thing must be. */
import { operationErr, valueErr } from '../errors.ts';
import { valuesOf } from '../model/references.ts';
import { parseRestriction } from '../model/restrictions.ts';
import { RuleKind } from '../model/rules.ts';
import type { Thing } from '../values/thing.ts';
import type { Context, MethodRow, Row } from './row.ts';
import { plainOnly } from './things-common.ts';
import { allInstances } from './types.ts';

/** Throws operation_err when an instance of a type holds the thing in a field that requires the restriction that the thing has. */
function checkNotRequired(cx: Context, thing: Thing): void {
  const { restriction } = thing;
  if (restriction === null || cx.collection === null) return;
  for (const type of cx.collection.types.values()) {
    const slots = [...type.fields.keys()].filter((slot) => type.fields[slot]?.rule.kind === RuleKind.RESTRICTED);
    if (slots.length === 0) continue;
    const instances = allInstances(cx, type);
    cx.spend(instances.size);
    for (const instance of instances) {
      const slot = slots.find((one) => instance.slots[one] === thing);
      if (slot === undefined) continue;
      throw operationErr(
        `the restriction \`${restriction.definition}\` of the thing is required by type \`${type.name}\`: an instance holds the thing as \`${type.fields[slot]?.name}\``,
      );
    }
  }
}

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
    if (self.restriction?.definition === rule?.definition) return self;
    checkNotRequired(cx, self);
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
