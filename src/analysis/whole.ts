/** What is told of the parts of a text, put together for the whole. */
import type { Diagnostic } from '../ast/diagnostic.ts';
import type { Comment, Expr, Script } from '../ast/nodes.ts';
import { type Directives, readDirectives, silenced } from './directives.ts';
import { FINDINGS, type Finding, type Rules } from './findings.ts';
import type { Layout, Part } from './parts.ts';

/** The statements and comments of the parts from `first` to `last`, where they are in the text. */
export function contentOf({ parts, starts, text }: Layout, first = 0, last = parts.length - 1): Pick<Script, 'body' | 'comments' | 'end'> {
  const body: Expr[] = [];
  const comments: Comment[] = [];
  for (let i = first; i <= last; i++) {
    const part = parts[i] as Part;
    for (const each of part.bodyAt(starts[i] as number)) body.push(each);
    for (const each of part.commentsAt(starts[i] as number)) comments.push(each);
  }
  return { body, comments, end: text.length };
}

export const diagnosticsOf = ({ parts, starts }: Layout): Diagnostic[] =>
  parts.flatMap((part, i) => part.diagnosticsAt(starts[i] as number));

export function directivesOf({ parts, starts, text }: Layout): Directives {
  const comments = parts.flatMap((part, i) =>
    part.comments.some(({ text: words }) => words.includes('thingsc:')) ? part.commentsAt(starts[i] as number) : [],
  );
  return readDirectives(comments, text);
}

/** The script as one object, which is brought up to date when someone looks at it. */
export class WholeScript {
  private readonly whole: Script;
  private readonly layout: Layout;
  private placed = false;

  constructor(whole: Script, layout: Layout) {
    this.whole = whole;
    this.layout = layout;
  }

  /** With all places as they are in the text. */
  get script(): Script {
    if (!this.placed) Object.assign(this.whole, contentOf(this.layout));
    this.placed = true;
    return this.whole;
  }
}

function moved(finding: Finding, by: number): Finding {
  if (by === 0) return finding;
  const { fix, start, end } = finding;
  const place = { start: start + by, end: end + by };
  if (fix === undefined) return { ...finding, ...place };
  const edits = fix.edits.map((each) => ({ ...each, start: each.start + by, end: each.end + by }));
  return { ...finding, ...place, fix: { ...fix, edits } };
}

/** What was found for each part, when it started at `start`. */
export interface Found {
  readonly start: number;
  readonly findings: readonly Finding[];
}

/** The findings of the first parts, where they are in the text. */
export function findingsIn({ starts }: Layout, results: readonly Found[]): Finding[] {
  const found: Finding[] = [];
  for (const [i, { findings, start }] of results.entries())
    for (const finding of findings) found.push(moved(finding, (starts[i] as number) - start));
  return found;
}

function ruled(findings: readonly Finding[], rules: Rules): Finding[] {
  return findings.flatMap((finding) => {
    const rule = rules[finding.code];
    if (rule === 'off') return [];
    // A rule does not take back that something is less certain here.
    return [
      rule === undefined || (FINDINGS[finding.code] !== finding.severity && rule === 'error') ? finding : { ...finding, severity: rule },
    ];
  });
}

/** What is told of all that was found, in the order of the text. */
export const told = (findings: readonly Finding[], directives: Directives, rules: Rules = {}): Finding[] =>
  ruled(silenced(findings, directives), rules).toSorted((a, b) => a.start - b.start || a.end - b.end);
