/** The commands of the debugger at a terminal. Each is one row: its names, what may follow, what it does. */
import type { FrameInfo, Place, Resume, SourceInfo } from '../../debug/protocol.ts';
import type { Entry } from './breakpoint-list.ts';
import { CommandError, type DebugConsole } from './console.ts';

export interface DebugCommand {
  readonly names: readonly [string, ...string[]];
  /** What may follow; empty for nothing. */
  readonly usage: string;
  readonly does: string;
  /** Whether an empty line does it again. */
  readonly repeats?: true;
  /** `words`: what follows the name, without blanks around it. Throws CommandError, or an Error for people. */
  readonly run: (at: DebugConsole, words: string) => Promise<void>;
}

/** Thrown by `quit`. */
export class Quit {}

/** How many frames `backtrace` shows of a deep stack. */
const MOST_FRAMES = 50;
const LIST_AROUND = 7;
/** Columns of the help for names and what may follow them. */
const HELP_WIDTH = 30;

const placeText = ({ line, column }: Place): string => `${line}:${column}`;

// --- breakpoints ---

interface Location {
  readonly source: SourceInfo;
  readonly line: number;
  readonly column: number | undefined;
}

/** `12`, `12:5`, `file:12`, `file:12:5`; nothing is where the frame is. Null for what is a name. */
async function locationOf(at: DebugConsole, text: string): Promise<Location | null> {
  if (text === '') {
    const { source, place } = await at.currentFrame();
    return { source, line: place?.line ?? 1, column: place?.column };
  }
  const match = /^(?:(.*[^\d:].*):)?(\d+)(?::(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, name, line, column] = match;
  const source = name === undefined ? await here(at) : await sourceNamed(at, name);
  return { source, line: Number(line), column: column === undefined ? undefined : Number(column) };
}

async function here(at: DebugConsole): Promise<SourceInfo> {
  return at.stands ? (await at.currentFrame()).source : at.mainSource();
}

async function sourceNamed(at: DebugConsole, name: string): Promise<SourceInfo> {
  const sources = await (await at.ready()).ask('sources', null);
  const found = sources.find(
    (one) => one.name === name || one.path === name || one.name === `${name}.ti` || one.path?.endsWith(`/${name}`) === true,
  );
  if (found !== undefined) return found;
  throw new CommandError(`there is no text \`${name}\`; \`info sources\` tells which there are`);
}

async function addBreakpoint(at: DebugConsole, words: string, more: { once?: true; log?: string }): Promise<void> {
  const match = /^(\S*)(?:\s+if\s+(.+))?$/s.exec(words);
  if (match === null) throw new CommandError('write `break 12`, `break 12 if x > 3`, `break shop.ti:12:5` or `break name`');
  const [, where = '', condition] = match;
  const session = await at.ready();
  const location = await locationOf(at, where);
  const entry =
    location === null
      ? await at.breakpoints.addFunction(session, { name: where, condition, ...more })
      : await at.breakpoints.addLine(session, location.source, { line: location.line, column: location.column, condition, ...more });
  if (entry.message !== '') {
    await at.breakpoints.remove(session, entry);
    throw new CommandError(entry.message);
  }
  at.line(breakpointText(entry));
}

function breakpointText(entry: Entry): string {
  const { number, spec, place } = entry;
  const where =
    entry.kind === 'function'
      ? `when \`${entry.spec.name}\` is called`
      : `at ${entry.source.name}:${place === null ? entry.spec.line : placeText(place)}`;
  const kind = 'log' in spec && spec.log !== undefined ? 'logpoint' : 'breakpoint';
  const notes = [
    spec.condition ? ` if ${spec.condition}` : '',
    spec.hits ? `, hits ${spec.hits}` : '',
    'log' in spec && spec.log !== undefined ? `: ${spec.log}` : '',
    spec.once === true ? ', once' : '',
  ];
  return `${kind} ${number} ${where}${notes.join('')}`;
}

function numberedEntry(at: DebugConsole, text: string): Entry {
  const entry = /^\d+$/.test(text) ? at.breakpoints.find(Number(text)) : undefined;
  if (entry === undefined)
    throw new CommandError(
      `there is no breakpoint ${text === '' ? 'without a number' : `\`${text}\``}; \`info breakpoints\` tells which there are`,
    );
  return entry;
}

async function deleteBreakpoints(at: DebugConsole, words: string): Promise<void> {
  const session = await at.ready();
  const entries = words === '' ? [...at.breakpoints.entries] : words.split(/\s+/).map((word) => numberedEntry(at, word));
  for (const entry of entries) await at.breakpoints.remove(session, entry);
}

async function changeBreakpoint(at: DebugConsole, words: string, key: 'condition' | 'hits'): Promise<void> {
  const [, number = '', text = ''] = /^(\S*)\s*(.*)$/s.exec(words) ?? [];
  const entry = numberedEntry(at, number);
  const before = entry.spec[key];
  const session = await at.ready();
  await at.breakpoints.change(session, entry, { [key]: text });
  if (entry.message !== '') {
    const { message } = entry;
    await at.breakpoints.change(session, entry, { [key]: before });
    throw new CommandError(message);
  }
  at.line(breakpointText(entry));
}

async function addLogpoint(at: DebugConsole, words: string): Promise<void> {
  const match = /^(\S+)\s+(.+)$/s.exec(words);
  if (match === null) throw new CommandError('write `logpoint 12 x is {x}`');
  await addBreakpoint(at, match[1] as string, { log: match[2] as string });
}

// --- running ---

const resumed =
  (how: Resume) =>
  async (at: DebugConsole): Promise<void> => {
    // Steps begin a script that does not run yet.
    if (at.stands) await at.resume(how);
    else if (how === 'over' || how === 'in') await at.start(true);
    else throw new CommandError('the script does not run; `run` or `start` starts it');
  };

/** Steps over until a line further down, or out of the function; with a location until there. */
async function until(at: DebugConsole, words: string): Promise<void> {
  const session = at.standing();
  if (words !== '') {
    const location = await locationOf(at, words);
    if (location === null) throw new CommandError('`until` takes a line');
    await at.breakpoints.addLine(session, location.source, { line: location.line, column: location.column, once: true });
    await at.resume('out');
    return;
  }
  await at.resumeDown();
}

// --- looking ---

async function backtrace(at: DebugConsole): Promise<void> {
  const { frames, total } = await at.standing().ask('frames', { from: 0, count: MOST_FRAMES });
  for (const frame of frames) at.line(`${frame.index === at.frame ? '>' : ' '} #${frame.index}  ${at.frameText(frame)}`);
  if (total > frames.length) at.line(`  and ${total - frames.length} more`);
}

async function goTo(at: DebugConsole, index: number): Promise<void> {
  const { total } = await at.standing().ask('frames', { from: 0, count: 1 });
  if (index < 0 || index >= total)
    throw new CommandError(
      index < 0 ? 'this is the innermost frame' : index === total ? 'this is the outermost frame' : `there are ${total} frames`,
    );
  at.frame = index;
  const frame: FrameInfo = await at.currentFrame();
  at.line(`#${index}  ${at.frameText(frame)}`);
  await at.list(frame.source, frame.place?.line ?? 1, frame);
}

async function print(at: DebugConsole, words: string): Promise<void> {
  if (words === '') throw new CommandError('`print` takes an expression');
  await at.show('', await at.evaluate(words, 'repl'));
}

async function set(at: DebugConsole, words: string): Promise<void> {
  if (!/^[^=]+=[^=]/.test(words))
    throw new CommandError('write `set name = value`; the name may also be a property or an item, such as `a.b[0]`');
  const { value } = await at.evaluate(words, 'repl');
  at.line(`${words.slice(0, words.indexOf('=')).trim()} = ${value}`);
}

async function locals(at: DebugConsole): Promise<void> {
  const session = at.standing();
  for (const { name, ref, kind } of await session.ask('scopes', { frame: at.frame })) {
    if (kind === 'data') continue;
    const variables = await session.ask('variables', { ref });
    if (kind !== 'locals') at.line(`${name}:`);
    for (const variable of variables) at.line(`${kind === 'locals' ? '' : '  '}${variable.name} = ${variable.value}`);
    if (variables.length === 0) at.line('no variables yet');
  }
}

async function list(at: DebugConsole, words: string): Promise<void> {
  const frame = at.stands ? await at.currentFrame() : null;
  const location = words === '' && frame === null ? { source: await at.mainSource(), line: 1 + LIST_AROUND } : await locationOf(at, words);
  if (location === null) throw new CommandError('`list` takes a line, such as `list 12`');
  await at.list(location.source, location.line, frame, LIST_AROUND);
}

async function display(at: DebugConsole, words: string): Promise<void> {
  if (words !== '') at.displays.push(words);
  if (at.stands) await at.showDisplays();
  else for (const [i, text] of at.displays.entries()) at.line(`${i + 1}: ${text}`);
}

async function undisplay(at: DebugConsole, words: string): Promise<void> {
  if (words === '') at.displays.length = 0;
  else if (/^\d+$/.test(words) && Number(words) >= 1 && Number(words) <= at.displays.length) at.displays.splice(Number(words) - 1, 1);
  else throw new CommandError(`there is no display \`${words}\``);
}

const CATCHES = { all: 'all', errors: 'all', uncaught: 'uncaught', off: 'none', none: 'none' } as const;

async function catchErrors(at: DebugConsole, words: string): Promise<void> {
  const stops = words === '' ? at.errorStops : CATCHES[words as keyof typeof CATCHES];
  if (stops === undefined) throw new CommandError('write `catch all`, `catch uncaught` or `catch off`');
  await at.setErrorStops(stops);
  const said = {
    all: 'stops at all errors, also those that a `try` takes',
    uncaught: 'stops at errors that end the script',
    none: 'stops at no errors',
  };
  at.line(said[stops]);
}

async function info(at: DebugConsole, words: string): Promise<void> {
  const topics: Readonly<Record<string, () => Promise<void>>> = {
    breakpoints: async () => {
      for (const entry of at.breakpoints.entries) at.line(breakpointText(entry));
      if (at.breakpoints.entries.length === 0) at.line('no breakpoints');
    },
    locals: () => locals(at),
    frame: async () => at.line(at.frameText(await at.currentFrame())),
    sources: async () => {
      for (const { name, path } of await (await at.ready()).ask('sources', null)) at.line(path ?? name);
    },
    display: () => display(at, ''),
  };
  const topic = Object.keys(topics).find((name) => words !== '' && name.startsWith(words));
  if (topic === undefined) throw new CommandError(`\`info\` tells of ${Object.keys(topics).join(', ')}`);
  await topics[topic]?.();
}

async function help(at: DebugConsole, words: string): Promise<void> {
  const shown = words === '' ? COMMANDS : COMMANDS.filter(({ names }) => names.includes(words));
  if (shown.length === 0) throw new CommandError(`there is no command \`${words}\``);
  const heads = shown.map(({ names, usage }) => `${names.join(', ')}${usage === '' ? '' : ` ${usage}`}`);
  const width = Math.min(HELP_WIDTH, Math.max(...heads.map((head) => head.length)));
  shown.forEach(({ does }, i) => {
    const head = heads[i] as string;
    // A long one has its line alone.
    at.line(`  ${head.length > width ? `${head}\n  ${' '.repeat(width)}` : head.padEnd(width)}  ${does}`);
  });
}

export const COMMANDS: readonly DebugCommand[] = [
  { names: ['run', 'r'], usage: '', does: 'run the script from its beginning', run: (at) => at.start(false) },
  { names: ['start'], usage: '', does: 'run it, and stop at its first statement', run: (at) => at.start(true) },
  { names: ['continue', 'c'], usage: '', does: 'go on until the next breakpoint', repeats: true, run: resumed('continue') },
  { names: ['next', 'n'], usage: '', does: 'go to the next statement, over what this one calls', repeats: true, run: resumed('over') },
  { names: ['step', 's'], usage: '', does: 'go to the next statement, also in what this one calls', repeats: true, run: resumed('in') },
  { names: ['finish', 'fin', 'out'], usage: '', does: 'go on until the function has returned', repeats: true, run: resumed('out') },
  { names: ['until', 'u'], usage: '[LINE]', does: 'go on to a line further down, as at the end of a loop', run: until },
  {
    names: ['break', 'b'],
    usage: '[LINE[:COLUMN] | TEXT:LINE | NAME] [if CONDITION]',
    does: 'stop there, or when the closure of that name is called',
    run: (at, words) => addBreakpoint(at, words, {}),
  },
  { names: ['tbreak', 'tb'], usage: '...', does: 'the same, once', run: (at, words) => addBreakpoint(at, words, { once: true }) },
  { names: ['logpoint', 'lp'], usage: 'LINE TEXT', does: 'print a text there, with the values of {expressions}', run: addLogpoint },
  {
    names: ['condition'],
    usage: 'NUMBER [EXPRESSION]',
    does: 'give a breakpoint a condition, or take it away',
    run: (at, words) => changeBreakpoint(at, words, 'condition'),
  },
  {
    names: ['hits'],
    usage: 'NUMBER [5 | >= 5 | % 5]',
    does: 'have a breakpoint stop at these of its hits only',
    run: (at, words) => changeBreakpoint(at, words, 'hits'),
  },
  { names: ['delete', 'd'], usage: '[NUMBER...]', does: 'remove breakpoints; all when no number is given', run: deleteBreakpoints },
  { names: ['catch'], usage: 'all | uncaught | off', does: 'stop at errors', run: catchErrors },
  { names: ['backtrace', 'bt', 'where'], usage: '', does: 'show the frames, innermost first', run: backtrace },
  {
    names: ['frame', 'f'],
    usage: '[NUMBER]',
    does: 'look at another frame',
    run: (at, words) => goTo(at, words === '' ? at.frame : Number(words)),
  },
  { names: ['up'], usage: '', does: 'look at the frame that called this one', repeats: true, run: (at) => goTo(at, at.frame + 1) },
  { names: ['down'], usage: '', does: 'look at the frame that this one called', repeats: true, run: (at) => goTo(at, at.frame - 1) },
  { names: ['list', 'l'], usage: '[LINE]', does: 'show the script around a line', run: list },
  { names: ['print', 'p'], usage: 'EXPRESSION', does: 'show the value of an expression', run: print },
  { names: ['locals'], usage: '', does: 'show all variables that the frame sees', run: locals },
  { names: ['set'], usage: 'NAME = VALUE', does: 'change a variable, property or item', run: set },
  { names: ['display', 'watch'], usage: '[EXPRESSION]', does: 'show an expression at each stop', run: display },
  { names: ['undisplay', 'unwatch'], usage: '[NUMBER]', does: 'no more', run: undisplay },
  { names: ['info', 'i'], usage: 'breakpoints | locals | frame | sources | display', does: 'tell of these', run: info },
  {
    names: ['kill'],
    usage: '',
    does: 'end the script; nothing that it changed is kept',
    run: async (at) => {
      at.standing();
      await at.end();
      at.line('the script was ended');
    },
  },
  { names: ['help', 'h', '?'], usage: '[COMMAND]', does: 'show this', run: help },
  {
    names: ['quit', 'q', 'exit'],
    usage: '',
    does: 'leave; a script that still runs is ended as by `kill`',
    run: async () => {
      throw new Quit();
    },
  },
];

const byName = new Map(COMMANDS.flatMap((command) => command.names.map((name) => [name, command] as const)));

/** The command of a line; undefined when there is none of that name. */
export function commandOf(line: string): { readonly command: DebugCommand | undefined; readonly words: string } {
  const [, name = '', words = ''] = /^(\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  return { command: byName.get(name), words };
}
