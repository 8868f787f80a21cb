/** What makes a script a file of tests. */

/** How its name ends. */
export const TEST_SUFFIX = '.test.ti';

/** What a case is for. */
export type CaseMode = 'run' | 'only' | 'skip' | 'todo';

/** The functions that such a file may call, beside all others: each makes a case. */
export const CASE_FUNCTIONS: ReadonlyMap<string, CaseMode> = new Map([
  ['test', 'run'],
  ['only_test', 'only'],
  ['skip_test', 'skip'],
  ['todo_test', 'todo'],
]);
