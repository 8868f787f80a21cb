/** What is known of variables and of the root's properties at a place of a script in the 2019 dialect. */
import { ANY, join, type Type } from '../types.ts';

export class Flow {
  /** Variables that are set on some way to the place. */
  readonly temps: Map<string, Type>;
  /** Properties of the root of which something is known. */
  readonly properties: Map<string, Type>;

  constructor(temps: ReadonlyMap<string, Type> = new Map(), properties: ReadonlyMap<string, Type> = new Map()) {
    this.temps = new Map(temps);
    this.properties = new Map(properties);
  }

  copy(): Flow {
    return new Flow(this.temps, this.properties);
  }

  /** Takes over what holds at the ends of two ways, one of which was gone. */
  become(a: Flow, b: Flow): void {
    const temps = new Map(a.temps);
    for (const [name, type] of b.temps) temps.set(name, join(temps.get(name) ?? type, type));
    const properties = new Map<string, Type>();
    for (const [name, type] of a.properties) {
      const other = b.properties.get(name);
      if (other !== undefined) properties.set(name, join(type, other));
    }
    replace(this.temps, temps);
    replace(this.properties, properties);
  }

  /** Of these variables and of all properties, nothing is known any more: what changes them may have run any number of times. */
  forget(temps: Iterable<string>): void {
    for (const name of temps) if (this.temps.has(name)) this.temps.set(name, ANY);
    this.properties.clear();
  }
}

function replace(map: Map<string, Type>, by: ReadonlyMap<string, Type>): void {
  map.clear();
  for (const [name, type] of by) map.set(name, type);
}
