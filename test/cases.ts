/** The conformance cases as source texts, for the tests of the grammar and the syntax tree. */
import { readdirSync, readFileSync } from 'node:fs';

interface CaseStep {
  readonly code: string;
  readonly err?: number;
}

export interface SourceStep {
  /** The case, and the number of the step in it. */
  readonly name: string;
  /** A byte string. */
  readonly source: string;
  /** The error code of the answer, or null. */
  readonly error: number | null;
}

const folder = new URL('./conformance/cases/', import.meta.url);

/** All steps of all cases. */
export function caseSteps(): SourceStep[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => {
    const cases = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { name: string; steps: CaseStep[] }[];
    return cases.flatMap((each) =>
      each.steps.map((step, i) => ({
        name: `${each.name} ${i}`,
        source: Buffer.from(step.code, 'utf8').toString('latin1'),
        error: step.err ?? null,
      })),
    );
  });
}

/** The source texts of all steps, each once. */
export const caseSources = (): string[] => [...new Set(caseSteps().map((step) => step.source))];
