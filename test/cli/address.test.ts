import { describe, expect, it } from 'vitest';
import { parseAddress, scopeOf } from '../../src/cli/address.ts';
import { CliError } from '../../src/cli/exit.ts';

describe('addresses', () => {
  it.each([
    ['db.example.org', 'db.example.org', 9200],
    ['db.example.org:9300', 'db.example.org', 9300],
    [':9300', '127.0.0.1', 9300],
    ['[::1]', '::1', 9200],
    ['[::1]:80', '::1', 80],
  ])('%s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  it.each(['a:b', '::1', 'host:0', 'host:65536', 'host:', '[::1'])('refuse %s', (text) => {
    expect(() => parseAddress(text)).toThrow(CliError);
  });
});

describe('scopes', () => {
  it('take a name for a collection', () => {
    expect(scopeOf('shop')).toBe('//shop');
    expect(scopeOf('@thingsdb')).toBe('@thingsdb');
    expect(scopeOf('//shop')).toBe('//shop');
  });
});
