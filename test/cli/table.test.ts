import { describe, expect, it } from 'vitest';
import { tableOf } from '../../src/cli/table.ts';
import { packVars } from '../../src/cli/vars.ts';
import { MsgpackReader } from '../../src/msgpack/reader.ts';

/** The packed form of a JSON text. */
function packed(json: string): Buffer {
  const bytes = Buffer.from(packVars([`v=${json}`]) as Uint8Array);
  const reader = new MsgpackReader(bytes);
  reader.next();
  reader.next();
  return bytes.subarray(reader.offset);
}

const table = (json: string): string => Buffer.from(tableOf(packed(json)), 'latin1').toString();

describe('answers as a table', () => {
  it('give a list of things a row each, numbers to the right', () => {
    expect(table('[{"name":"pen","price":1.5},{"name":"paper","price":12,"note":null}]')).toBe(
      ['name   price  note', '-----  -----  ----', 'pen      1.5', 'paper     12', ''].join('\n'),
    );
  });

  it('give a thing a row for each property', () => {
    expect(table('{"a":1,"list":[1,{"b":2}]}')).toBe(
      ['key   value', '----  -----------', 'a               1', 'list  [1,{"b":2}]', ''].join('\n'),
    );
  });

  it('give lists of lists columns by number, other members one column', () => {
    expect(table('[[1,2],[3]]')).toBe('0  1\n-  -\n1  2\n3\n');
    expect(table('["x",true]')).toBe('value\n-----\nx\ntrue\n');
  });

  it('say what is empty', () => {
    expect(table('[]')).toBe('(nothing)\n');
    expect(table('[{},{}]')).toBe('(2 empty rows)\n');
  });

  it('print a value that is neither as it is', () => {
    expect(table('"text"')).toBe('text\n');
    expect(table('7')).toBe('7\n');
  });

  it('measure characters, not bytes, and let no line end through', () => {
    expect(table('[{"a":"é\\n","b":1},{"a":"ee","b":2}]')).toBe('a    b\n---  -\né\\n  1\nee   2\n');
  });
});
