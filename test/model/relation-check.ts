/** Whether what relations promise holds in all of a database. */
import type { Database } from '../../src/model/database.ts';
import type { TypeDef } from '../../src/model/types.ts';
import { SetValue } from '../../src/values/set.ts';
import { Thing } from '../../src/values/thing.ts';

/** What breaks the promise that both sides of a relation tell the same; empty when nothing does. */
export function brokenRelations(database: Database): string[] {
  const broken: string[] = [];
  for (const collection of database.collections.values()) {
    for (const thing of collection.things.values()) {
      const type = thing.shape.type as TypeDef | null;
      for (const field of type?.fields ?? []) {
        const { relation } = field;
        if (relation === null) continue;
        if (relation.field.relation?.field !== field) broken.push(`${type?.name}.${field.name}: the other field has another relation`);
        const value = thing.get(field.name);
        const others = value instanceof SetValue ? [...value.things] : value instanceof Thing ? [value] : [];
        for (const other of others) {
          const back = other.get(relation.field.name);
          const isBack = back instanceof SetValue ? back.things.has(thing) : back === thing;
          if (!isBack) broken.push(`#${thing.id}.${field.name} has #${other.id}, whose ${relation.field.name} does not lead back`);
        }
      }
    }
  }
  return broken;
}
