/** Every text of the conformance cases goes through a file; those of family `core` give the right answers from it. */
import { describe, expect, test } from 'vitest';
import { library } from '../../src/builtins/library.ts';
import { saveProgram } from '../../src/bytecode/container.ts';
import { disassemble } from '../../src/bytecode/disassemble.ts';
import { instructionsOf } from '../../src/bytecode/effects-of-ops.ts';
import { OPS } from '../../src/bytecode/opcodes.ts';
import type { Program } from '../../src/bytecode/program.ts';
import { LocalEngine } from '../../src/engine/engine.ts';
import { hashPassword } from '../../src/engine/passwords.ts';
import { compileText, loadCompiled } from '../../src/engine/toolchain.ts';
import { TiError } from '../../src/errors.ts';
import { MsgpackWriter } from '../../src/msgpack/writer.ts';
import { memoryStore } from '../../src/storage/memory.ts';
import { encodeValue } from '../../src/wire/encode.ts';
import { FAMILIES, loadCases, loadDeviations, type Step } from '../conformance/cases.ts';
import { runCase } from '../conformance/runner.ts';
import type { Answer, Target } from '../conformance/targets.ts';
import { typedOf } from '../conformance/typed.ts';
import { packVars } from '../conformance/vars.ts';
import { latin1 } from '../support.ts';

/** Compiles each text, and runs it from the file that is made of it. */
class FileTarget implements Target {
  private engine: LocalEngine | null = null;
  private readonly hash = hashPassword('pass');

  async reset(): Promise<void> {
    await this.engine?.close();
    this.engine = new LocalEngine(memoryStore());
    await this.engine.initialize(await this.hash);
  }

  async step(step: Step): Promise<Answer> {
    const engine = this.engine as LocalEngine;
    try {
      const user =
        step.auth === undefined ? { id: 1, name: 'admin' } : await engine.authenticate(latin1(step.auth[0]), latin1(step.auth[1]));
      const program = loadCompiled(saveProgram(compileText(latin1(step.code))));
      const vars = step.vars === undefined ? null : packVars(step.vars);
      const answer = engine.runProgram(program, { user, client: null, scope: latin1(step.scope ?? '//stuff'), vars });
      const w = new MsgpackWriter();
      encodeValue(w, answer.value, { deep: answer.deep, flags: answer.flags, hooks: engine.hooks });
      return { ok: typedOf(w.bytes()) };
    } catch (error) {
      if (error instanceof TiError) return { err: error.code, message: error.message };
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.engine?.close();
  }
}

function compiled(text: string): Program | null {
  try {
    return compileText(text);
  } catch (error) {
    if (error instanceof TiError) return null;
    throw error;
  }
}

const used = new Set<number>();
const seen = new Set<string>();

describe('texts of the cases', () => {
  test.each(FAMILIES)('%s: compiled, saved, loaded, verified and disassembled', (family) => {
    let programs = 0;
    for (const { name, steps } of loadCases(family)) {
      for (const step of steps) {
        if (seen.has(step.code)) continue;
        seen.add(step.code);
        const program = compiled(latin1(step.code));
        if (program === null) continue;
        programs++;
        try {
          const bytes = saveProgram(program);
          const loaded = loadCompiled(bytes);
          disassemble(loaded);
          for (const fn of loaded.functions) for (const { op } of instructionsOf(fn.code)) used.add(op.code);
        } catch (error) {
          throw new Error(`${name}: ${step.code}`, { cause: error });
        }
      }
    }
    expect(programs).toBeGreaterThan(500);
  });

  test('have every instruction that the compiler makes', () => {
    // LOOP is for dialects with other loops, PROBE for programs that are watched; PROCEDURE is there with the function `run`.
    const missing = library.functionInfo('run') === undefined ? ['LOOP', 'PROCEDURE', 'PROBE'] : ['LOOP', 'PROBE'];
    expect(OPS.filter((op) => !used.has(op.code)).map((op) => op.name)).toEqual(missing);
  });

  test('core: give the right answers from their files', async () => {
    const target = new FileTarget();
    const deviations = loadDeviations();
    const failures = [];
    for (const each of loadCases('core')) {
      const failure = await runCase(target, each);
      if (failure !== null && !deviations.has(each.name)) failures.push(failure);
    }
    await target.close();
    expect(failures).toEqual([]);
  });
});
