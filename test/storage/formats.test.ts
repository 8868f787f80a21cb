import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { firstDifference } from '../../src/model/compare.ts';
import { FORMAT_VERSION } from '../../src/storage/checkpoint.ts';
import type { Typed } from '../conformance/typed.ts';
import { ask } from '../support.ts';
import { tempDirs } from './helpers.ts';

/**
 * Stores as earlier formats wrote them, killed with changes behind the last checkpoint: `store-1` and so on, with what a number of queries must answer. One more
 * comes with each new format, made by the release before it.
 */
const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

interface Answer {
  readonly code: string;
  readonly answer: Typed;
}

describe('stores of earlier formats', () => {
  const tempDir = tempDirs();

  test.each(readdirSync(FIXTURES).filter((name) => name.startsWith('store-')))('%s', async (name) => {
    const dir = join(tempDir(), 'data');
    cpSync(join(FIXTURES, name), dir, { recursive: true });
    const answers = JSON.parse(readFileSync(join(FIXTURES, name, 'answers.json'), 'utf8')) as Answer[];
    const old = (await openEngine({ dir })).engine;
    expect(old.store.format).toBe(Number(name.slice('store-'.length)));
    for (const { code, answer } of answers) expect(ask(old, code), code).toEqual(answer);
    await old.checkpoint();
    await old.close();

    const migrated = (await openEngine({ dir })).engine;
    expect(migrated.store.format).toBe(FORMAT_VERSION);
    for (const { code, answer } of answers) expect(ask(migrated, code), code).toEqual(answer);
    expect(firstDifference(old.database, migrated.database)).toBeNull();
    // Nothing under the keys of earlier formats is left.
    const pages = [...migrated.store.keys(Uint8Array.of(0), Uint8Array.of(0xfe))].filter((key) => key[6] === 13);
    expect(pages).toEqual([]);
    await migrated.close();
  });
});
