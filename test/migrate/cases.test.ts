import { describe, expect, it } from 'vitest';
import { parse } from '../../grammar/2019/parser.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { TiError } from '../../src/errors.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { codeOf2019, ERRORS_2019 } from '../../src/wire/errors-2019.ts';
import { typedOf } from '../conformance/typed.ts';
import { type Case2019, cases2019, type Step2019 } from '../dialect-2019/cases.ts';
import { plain } from '../dialect-2019/database.ts';
import { latin1 } from '../support.ts';
import { NO_COUNTERPART } from './no-counterpart.ts';

/** The answer of a query of today, or the code that the dialect has for its error. */
function ask(engine: LocalEngine, code: string, target: string | number, blobs: readonly string[]): unknown {
  const w = new MsgpackWriter();
  w.mapHeader(1);
  w.str('blobs');
  w.arrayHeader(blobs.length);
  for (const blob of blobs) w.str(latin1(blob));
  const scope = target !== 0 ? `//${target}` : code.includes('scope @node') ? '@node' : '@thingsdb';
  try {
    const answer = engine.query({ user: { id: 1, name: 'admin' }, client: null, scope, code, vars: w.take() });
    const out = new MsgpackWriter();
    encodeValue(out, answer.value, { deep: answer.deep, flags: answer.flags, hooks: engine.hooks });
    return plain(typedOf(out.bytes()));
  } catch (error) {
    if (error instanceof TiError) return { failed: codeOf2019(error.code) };
    throw error;
  }
}

/** A thing that is not stored has the id 0 in the dialect, and none today. */
function withoutNoId(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoId);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (key === '#' && each === 0 ? [] : [[key, withoutNoId(each)]])));
}

function isLike(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(found) && wanted.every((item, i) => isLike(found[i], item));
  if (typeof wanted !== 'object' || wanted === null) return Object.is(found, wanted);
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) => isLike((found as Record<string, unknown>)[key], value));
}

/** The step as one query for each statement, so that each result is seen; as one where temporaries connect them. */
function statements(code: string): readonly string[] {
  const source = latin1(code);
  const { body } = parse(source);
  return source.includes('$') ? [source] : body.map(({ start, end }) => source.slice(start, end));
}

/** The difference between what a step gives once it is migrated and what the case wants; null for none. */
function difference(engine: LocalEngine, step: Step2019, caseTarget: string | number): unknown {
  const target = step.target ?? caseTarget;
  let parts: readonly string[];
  try {
    parts = statements(step.code);
  } catch (error) {
    const code = error instanceof TiError ? codeOf2019(error.code) : -1;
    return code === ERRORS_2019.get(step.err ?? '') ? null : { code: step.code, error };
  }
  const found: unknown[] = [];
  for (const part of parts) {
    const answer = ask(engine, migrate(part).text, target, step.blobs ?? []);
    found.push(answer);
    if (typeof answer === 'object' && answer !== null && 'failed' in answer) break;
  }
  const last = found.at(-1);
  if (step.err !== undefined) {
    const isSame = isLike(last, { failed: ERRORS_2019.get(step.err) });
    return isSame ? null : { code: step.code, migrated: parts.map((part) => migrate(part).text), found: last, wanted: step.err };
  }
  if (step.any !== undefined) return isLike(last, { failed: 0 }) ? { code: step.code, found } : null;
  const count = parse(latin1(step.code)).body.length;
  const wanted = step.like ?? step.ok;
  const each = count === 1 ? [wanted] : parts.length === 1 ? [(wanted as unknown[]).at(-1)] : (wanted as unknown[]);
  const isSame = step.like !== undefined ? isLike(found, each) : JSON.stringify(withoutNoId(found)) === JSON.stringify(withoutNoId(each));
  return isSame ? null : { code: step.code, migrated: parts.map((part) => migrate(part).text), found, wanted };
}

/** All differences of a case, by the code of the step. */
async function differences({ steps, target }: Case2019): Promise<Map<string, unknown>> {
  const engine = new LocalEngine(memoryStore());
  await engine.initialize('no password');
  const found = new Map<string, unknown>();
  try {
    for (const step of steps) {
      const each = difference(engine, step, target);
      if (each !== null) found.set(step.code, each);
    }
    return found;
  } finally {
    await engine.close();
  }
}

describe('the acceptance cases of the 2019 dialect, migrated, give the same but for what is listed', () => {
  it.each(cases2019.map((each) => [each.name, each] as const))('%s', async (name, each) => {
    const found = await differences(each);
    const listed = NO_COUNTERPART.get(name)?.steps ?? [];
    const unlisted = [...found].filter(([code]) => !listed.includes(code));
    expect(unlisted).toEqual([]);
    // A step that is listed and gives the same after all is to be taken off the list.
    expect([...found.keys()].sort()).toEqual([...listed].sort());
  });

  it('and nothing else is listed', () => {
    const names = new Set(cases2019.map(({ name }) => name));
    expect([...NO_COUNTERPART.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});
