/**
 * Documents for the pretty printer: text with places where a line may break. A group is laid out on one line if it fits, and breaks at all its own lines
 * if it does not; what contains a hard line always breaks.
 */

export type Doc = string | Line | Block | Suffix | Parts;

interface Line {
  readonly kind: 'line';
  /** What stands for the line when its group is flat. */
  readonly flat: string;
  readonly hard: boolean;
}

interface Block {
  readonly kind: 'group' | 'indent';
  readonly doc: Doc;
  readonly hard: boolean;
}

/** Text that goes to the end of the line, such as a comment behind a statement. */
interface Suffix {
  readonly kind: 'suffix';
  readonly text: string;
  readonly hard: true;
}

interface Parts {
  readonly kind: 'parts';
  readonly docs: readonly Doc[];
  readonly hard: boolean;
}

/** A space, or a line break. */
export const line: Doc = { kind: 'line', flat: ' ', hard: false };
/** Nothing, or a line break. */
export const softLine: Doc = { kind: 'line', flat: '', hard: false };
export const hardLine: Doc = { kind: 'line', flat: '', hard: true };
/** Nothing, but what contains it breaks. */
export const forceBreak: Doc = { kind: 'parts', docs: [], hard: true };

export const isHard = (doc: Doc): boolean => typeof doc !== 'string' && doc.hard;
export const concat = (docs: readonly Doc[]): Doc => ({ kind: 'parts', docs, hard: docs.some(isHard) });
export const group = (...docs: readonly Doc[]): Doc => block('group', docs);
export const indent = (...docs: readonly Doc[]): Doc => block('indent', docs);
export const suffix = (text: string): Doc => ({ kind: 'suffix', text, hard: true });

function block(kind: Block['kind'], docs: readonly Doc[]): Doc {
  const doc = docs.length === 1 ? (docs[0] as Doc) : concat(docs);
  return { kind, doc, hard: isHard(doc) };
}

/** Puts `separator` between the documents. */
export function join(separator: Doc, docs: readonly Doc[]): Doc {
  const parts: Doc[] = [];
  for (const [i, doc] of docs.entries()) {
    if (i > 0) parts.push(separator);
    parts.push(doc);
  }
  return concat(parts);
}

interface Command {
  readonly indent: number;
  readonly flat: boolean;
  readonly doc: Doc;
}

const INDENT = 2;

/** Lays a document out, `width` characters to a line where that is possible. Lines end without trailing spaces. */
export function layout(doc: Doc, width: number): string {
  return new Layout(width).run(doc);
}

class Layout {
  private readonly width: number;
  private readonly out: string[] = [];
  private readonly stack: Command[] = [];
  private column = 0;
  private suffixes = '';

  constructor(width: number) {
    this.width = width;
  }

  run(doc: Doc): string {
    this.stack.push({ indent: 0, flat: false, doc });
    for (let command = this.stack.pop(); command !== undefined; command = this.stack.pop()) this.step(command);
    this.out.push(this.suffixes);
    return this.out.join('');
  }

  private step({ indent: depth, flat, doc }: Command): void {
    if (typeof doc === 'string') {
      this.text(doc);
      return;
    }
    switch (doc.kind) {
      case 'line':
        if (flat && !doc.hard) this.text(doc.flat);
        else this.newLine(depth);
        return;
      case 'suffix':
        this.suffixes += doc.text;
        return;
      case 'indent':
        this.stack.push({ indent: depth + INDENT, flat, doc: doc.doc });
        return;
      case 'group': {
        const next = { indent: depth, flat: true, doc: doc.doc };
        const fits = !doc.hard && (flat || this.fits(next));
        this.stack.push(fits ? next : { indent: depth, flat: false, doc: doc.doc });
        return;
      }
      default:
        for (let i = doc.docs.length - 1; i >= 0; i--) this.stack.push({ indent: depth, flat, doc: doc.docs[i] as Doc });
    }
  }

  private text(text: string): void {
    if (text === '') return;
    this.out.push(text);
    const newline = text.lastIndexOf('\n');
    this.column = newline < 0 ? this.column + text.length : text.length - newline - 1;
  }

  private newLine(depth: number): void {
    this.trimEnd();
    if (this.suffixes !== '') {
      this.out.push(this.suffixes);
      this.suffixes = '';
    }
    this.out.push('\n');
    this.text(' '.repeat(depth));
    this.column = depth;
  }

  /** Drops spaces that the last texts end with; an empty line has no indentation. */
  private trimEnd(): void {
    while (this.out.length > 0) {
      const last = this.out.pop() as string;
      const trimmed = last === '\n' ? last : last.replace(/ +$/, '');
      if (trimmed === '') continue;
      this.out.push(trimmed);
      return;
    }
  }

  /** Whether a command fits in the rest of the line, with what follows it up to the next place where the line may break. */
  private fits(first: Command): boolean {
    let room = this.width - this.column;
    const pending: Command[] = [first];
    let rest = this.stack.length;
    while (room >= 0) {
      const command = pending.pop() ?? this.stack[--rest];
      if (command === undefined) return true;
      const { doc, flat } = command;
      if (typeof doc === 'string') {
        const newline = doc.indexOf('\n');
        if (newline >= 0) return newline <= room;
        room -= doc.length;
      } else if (doc.kind === 'line') {
        if (!flat || doc.hard) return true;
        room -= doc.flat.length;
      } else if (doc.kind === 'parts') {
        for (let i = doc.docs.length - 1; i >= 0; i--) pending.push({ ...command, doc: doc.docs[i] as Doc });
      } else if (doc.kind !== 'suffix') {
        pending.push({ ...command, flat: flat && !doc.hard, doc: doc.doc });
      }
    }
    return false;
  }
}
