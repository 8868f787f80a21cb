import { describe, expect, it } from 'vitest';
import { CliError } from '../../src/cli/exit.ts';
import { packVars } from '../../src/cli/vars.ts';
import type { List } from '../../src/values/list.ts';
import { Float } from '../../src/values/scalars.ts';
import type { Thing } from '../../src/values/thing.ts';
import { decodeArguments } from '../../src/wire/decode.ts';

const decoded = (...assignments: string[]) => decodeArguments(packVars(assignments) as Uint8Array);

describe('variables of the command line', () => {
  it('are none without assignments', () => {
    expect(packVars([])).toBeNull();
  });

  it('tell ints from floats by how they are written', () => {
    const vars = decoded('i=2', 'f=2.0', 'e=1e3', 'n=-7', 'big=9223372036854775807');
    expect(vars.get('i')).toBe(2);
    expect(vars.get('f')).toEqual(new Float(2));
    expect(vars.get('e')).toEqual(new Float(1000));
    expect(vars.get('n')).toBe(-7);
    expect(vars.get('big')).toBe(9223372036854775807n);
  });

  it('hold text as UTF-8 bytes', () => {
    expect(decoded('t="é"').get('t')).toBe('\xc3\xa9');
  });

  it('may be lists and things, with an equal sign inside', () => {
    const vars = decoded('l=[1,[2.5]]', 't={"a=b":null,"c":true}');
    const list = vars.get('l') as List;
    expect(list.items[0]).toBe(1);
    expect((list.items[1] as List).items).toEqual([new Float(2.5)]);
    const thing = vars.get('t') as Thing;
    expect(thing.keys()).toEqual(['a=b', 'c']);
    expect(thing.get('c')).toBe(true);
  });

  it.each(['novalue', '=1', '1x=1', 'a=', 'a=text', 'a=[1', 'a=9223372036854775808'])('refuse %s', (assignment) => {
    expect(() => packVars([assignment])).toThrow(CliError);
  });
});
