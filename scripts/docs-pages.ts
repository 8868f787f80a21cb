/** The pages of `docs/` that are made from what they are about. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { EXIT_MEANINGS } from '../src/cli/exit.ts';
import type { Io } from '../src/cli/io.ts';
import { main } from '../src/cli/thingsc.ts';

/** The help that `thingsc` prints for these words. */
async function helpFor(...words: string[]): Promise<string> {
  let text = '';
  const out: Io['out'] = {
    write: (more) => {
      text += more;
    },
    ready: async () => undefined,
    colored: false,
    columns: 100,
  };
  await main([...words, '--help'], {
    program: 'thingsc',
    out,
    err: out,
    env: {},
    inputIsTerminal: false,
    readInput: async () => '',
    openInput: () => Readable.from([]),
    terminal: null,
    onSignal: () => () => {},
  });
  return Buffer.from(text, 'latin1').toString().trim();
}

/** `docs/cli.md`. */
export async function cliPage(): Promise<string> {
  const sections = [];
  const [, list = ''] = (await helpFor()).split('\nCommands:\n');
  for (const [, command = ''] of list.matchAll(/^ {2}([a-z]+) /gm))
    sections.push(`## thingsc ${command}\n\n\`\`\`text\n${await helpFor(command)}\n\`\`\`\n`);
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`).join('\n');
  return `# The command line

<!-- Written by \`npm run docs\`. -->

Scripts and answers are bytes: a file is read as it is, and what is printed is printed as it is, which is UTF-8 unless the script says otherwise. Where a
command takes a file, \`-\` or nothing means standard input. Errors go to standard error; with \`--json\`, which is meant for tools, an error of a script goes to
standard output, as an object. Colours are used on a terminal only, and never when \`NO_COLOR\` is set.

| exit code | meaning |
|---|---|
${codes}

${sections.join('\n')}`;
}

interface Deviation {
  readonly reason: string;
  readonly cases: readonly string[];
}

/** \`docs/deviations.md\`. */
export function deviationsPage(): string {
  const list = JSON.parse(readFileSync(new URL('../test/conformance/deviations.json', import.meta.url), 'utf8')) as Deviation[];
  const count = list.reduce((sum, { cases }) => sum + cases.length, 0);
  const entries = list.map(({ reason, cases }) => `- ${reason}\n${cases.map((name) => `  - \`${name}\``).join('\n')}\n`);
  return `# Deviations

<!-- Written by \`npm run docs\` from test/conformance/deviations.json. -->

What this server does on purpose in another way than the reference server, each with the conformance cases in which that shows: ${count} cases. Cases that are not
listed here must agree.

${entries.length === 0 ? 'There are none.\n' : entries.join('\n')}`;
}
