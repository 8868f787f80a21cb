/**
 * Comments that speak to the checker:
 *
 *     // thingsc: ignore CODE, CODE      findings of these codes in this line, or, in a line of its own, in the next one
 *     // thingsc: ignore-file CODE       findings of these codes in the whole text
 *     // thingsc: vars name, age: int    variables that come with the query
 *     // thingsc: scope thingsdb         the kind of scope that the script runs in
 *     // thingsc: load FILE              a script that runs before a file of tests
 *     // thingsc: read-only              the first closure of the next statement changes nothing
 *     // thingsc: read-only-file         the script changes nothing
 */
import type { Comment } from '../ast/nodes.ts';
import { kindMask } from '../builtins/row.ts';
import type { ScopeKind } from './context.ts';
import { type Code, type Finding, isCode } from './findings.ts';
import { ANY, ofMask, type Type } from './types.ts';

interface Ignore {
  readonly comment: Comment;
  readonly code: Code;
  /** Byte offsets of the lines that it speaks of. */
  readonly from: number;
  readonly to: number;
  used: boolean;
}

export interface Directives {
  readonly ignores: readonly Ignore[];
  readonly vars: ReadonlyMap<string, Type>;
  /** Whether the variables that come with the query are told. */
  readonly hasVars: boolean;
  readonly scope: ScopeKind | null;
  /** Ends of comments behind which a closure follows that changes nothing. */
  readonly readOnly: readonly number[];
  readonly readOnlyFile: boolean;
  /** Scripts that run before, by paths from the folder of this one. */
  readonly loads: readonly { readonly path: string; readonly comment: Comment }[];
  /** What cannot be understood. */
  readonly problems: readonly Finding[];
}

const FORM = /^(?:\/\/|\/\*)\s*thingsc:\s*([a-z-]+)(?:\s+(.*?))?\s*(?:\*\/)?$/;

const words = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** The type that a word in a declaration of variables names. */
export function typeOfName(text: string): Type | null {
  try {
    return text === '' ? ANY : ofMask(kindMask(text));
  } catch {
    return null;
  }
}

class Reader {
  readonly ignores: Ignore[] = [];
  readonly vars = new Map<string, Type>();
  readonly readOnly: number[] = [];
  readonly loads: { readonly path: string; readonly comment: Comment }[] = [];
  readonly problems: Finding[] = [];
  hasVars = false;
  scope: ScopeKind | null = null;
  readOnlyFile = false;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  private problem({ start, end }: Comment, message: string): void {
    this.problems.push({ code: 'unused-directive', severity: 'warning', start, end, message });
  }

  /** The lines that a comment speaks of. */
  private lines(comment: Comment): { from: number; to: number } {
    const { source } = this;
    const lineStart = source.lastIndexOf('\n', comment.start - 1) + 1;
    const endOf = (at: number): number => (source.indexOf('\n', at) < 0 ? source.length : source.indexOf('\n', at));
    const end = endOf(comment.end);
    const alone = source.slice(lineStart, comment.start).trim() === '';
    return alone ? { from: end, to: endOf(end + 1) } : { from: lineStart, to: end };
  }

  private ignore(comment: Comment, codes: string, whole: boolean): void {
    const lines = whole ? { from: 0, to: this.source.length } : this.lines(comment);
    if (words(codes).length === 0) this.problem(comment, 'the comment names no code of a finding');
    for (const code of words(codes)) {
      if (isCode(code)) this.ignores.push({ comment, code, ...lines, used: false });
      else this.problem(comment, `there are no findings of the code \`${code}\``);
    }
  }

  private variables(comment: Comment, list: string): void {
    this.hasVars = true;
    for (const word of words(list)) {
      const [name = '', type = ''] = word.split(':').map((part) => part.trim());
      const known = typeOfName(type);
      if (known === null) this.problem(comment, `there is no type \`${type}\``);
      this.vars.set(name, known ?? ANY);
    }
  }

  read(comment: Comment): void {
    const match = FORM.exec(comment.text.trimEnd());
    if (match === null) return;
    const [, word = '', rest = ''] = match;
    switch (word) {
      case 'ignore':
      case 'ignore-file':
        this.ignore(comment, rest, word === 'ignore-file');
        break;
      case 'vars':
        this.variables(comment, rest);
        break;
      case 'scope':
        if (rest === 'collection' || rest === 'thingsdb' || rest === 'node') this.scope = rest;
        else this.problem(comment, 'a scope is `collection`, `thingsdb` or `node`');
        break;
      case 'load':
        this.loads.push({ path: rest, comment });
        break;
      case 'read-only':
        this.readOnly.push(comment.end);
        break;
      case 'read-only-file':
        this.readOnlyFile = true;
        break;
      default:
        this.problem(comment, `there is no directive \`${word}\``);
    }
  }
}

export function readDirectives(comments: readonly Comment[], source: string): Directives {
  const reader = new Reader(source);
  for (const comment of comments) if (comment.text.includes('thingsc:')) reader.read(comment);
  return reader;
}

/** Leaves out the findings that comments silence, and tells which of those comments silence nothing. */
export function silenced(findings: readonly Finding[], { ignores, problems }: Directives): Finding[] {
  const left = findings.filter(({ code, start }) => {
    const ignore = ignores.find((each) => each.code === code && start >= each.from && start <= each.to);
    if (ignore !== undefined) ignore.used = true;
    return ignore === undefined;
  });
  const idle = ignores
    .filter(({ used }) => !used)
    .map(({ comment: { start, end }, code }): Finding => {
      return { code: 'unused-directive', severity: 'warning', start, end, message: `nothing of the code \`${code}\` is found here` };
    });
  return [...left, ...problems, ...idle];
}
