/** What makes a script a file of tests. */

/** How its name ends: in the language of today, and in the 2019 dialect. */
export const TEST_SUFFIX = '.test.ti';
export const TEST_SUFFIX_2019 = '.test.t19';

/** What a case is for. */
export type CaseMode = 'run' | 'only' | 'skip' | 'todo';

/** The functions that such a file may call, beside all others: each makes a case. In the 2019 dialect they are words of comments. */
export const CASE_FUNCTIONS: ReadonlyMap<string, CaseMode> = new Map([
  ['test', 'run'],
  ['only_test', 'only'],
  ['skip_test', 'skip'],
  ['todo_test', 'todo'],
]);
