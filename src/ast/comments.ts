/** Comments on their way into a pretty-printed text: each is printed before the first node that starts behind it, or where its brackets close. */
import { concat, type Doc, forceBreak, hardLine, suffix } from './doc.ts';
import type { Comment } from './nodes.ts';

export class CommentQueue {
  private readonly comments: readonly Comment[];
  /** Empty when only the tree is known: then nothing is told about line breaks. */
  private readonly source: string;
  private next = 0;

  constructor(comments: readonly Comment[], source: string) {
    this.comments = comments;
    this.source = source;
  }

  /** Whether comments start before an offset. */
  pending(offset: number): boolean {
    const comment = this.comments[this.next];
    return comment !== undefined && comment.start < offset;
  }

  /** The offset of the next comment, if it starts before `offset`; else `offset`. */
  nextStart(offset: number): number {
    return Math.min(this.comments[this.next]?.start ?? offset, offset);
  }

  /** The comments before an offset, to stand directly before what starts there. */
  before(offset: number): Doc[] {
    const docs: Doc[] = [];
    while (this.pending(offset)) {
      const comment = this.take();
      docs.push(textOf(comment), comment.style === 'line' ? hardLine : ' ');
    }
    return docs;
  }

  /** The comments before the offset of a closing bracket, to stand behind the last thing in it. */
  inside(offset: number): Doc[] {
    const docs: Doc[] = [];
    while (this.pending(offset)) {
      const comment = this.take();
      docs.push(' ', textOf(comment));
      if (comment.style === 'line') docs.push(hardLine);
    }
    return docs;
  }

  /** The comments before an offset, to stand behind what comes before them. */
  trailing(offset: number): Doc {
    const docs: Doc[] = [];
    let afterLine = false;
    while (this.pending(offset)) {
      const comment = this.take();
      if (afterLine) docs.push(hardLine);
      const text = afterLine ? textOf(comment) : ` ${textOf(comment)}`;
      afterLine = comment.style === 'line';
      docs.push(afterLine ? suffix(text) : text);
    }
    return concat(docs);
  }

  /** The comments before the end of a list that stand on lines of their own. */
  atEnd(offset: number): Doc[] {
    const docs: Doc[] = [];
    while (this.pending(offset)) {
      const comment = this.take();
      docs.push(comment.style === 'line' ? concat([textOf(comment), forceBreak]) : textOf(comment));
    }
    return docs;
  }

  /**
   * The comments before an item of a list that has a line for itself: as in the source each on a line of its own, or on that of the item.
   *
   * @param from the end of the last item
   * @param offset where the item starts
   */
  above(from: number, offset: number): Doc[] {
    const docs: Doc[] = [];
    let end = from;
    while (this.pending(offset)) {
      const comment = this.take();
      if (docs.length > 0 && this.blankLine(end, comment.start)) docs.push(hardLine);
      end = comment.end;
      const alone = comment.style === 'line' || this.newlines(end, this.nextStart(offset)) > 0;
      docs.push(textOf(comment), alone ? hardLine : ' ');
    }
    if (docs.length > 0 && this.blankLine(end, offset)) docs.push(hardLine);
    return docs;
  }

  /** The comments between an item and the comma behind it, in its line; `next` is where the next item starts. */
  beforeComma(from: number, next: number): { readonly doc: Doc; readonly end: number } {
    const docs: Doc[] = [];
    let end = from;
    while (this.pending(next)) {
      const { style, start, end: behind } = this.comments[this.next] as Comment;
      const isBefore = style === 'block' && this.newlines(end, start) === 0 && !this.source.slice(end, start).includes(',');
      if (this.source === '' || !isBefore) break;
      docs.push(' ', textOf(this.take()));
      end = behind;
    }
    return { doc: concat(docs), end };
  }

  /** The comments behind an item that belong to its line; `next` is where the next item starts, or the list ends. */
  behind(from: number, next: number): { readonly doc: Doc; readonly end: number } {
    const docs: Doc[] = [];
    let end = from;
    while (this.pending(next)) {
      const comment = this.comments[this.next] as Comment;
      if (this.source === '' || this.newlines(end, comment.start) > 0) break;
      if (comment.style === 'block' && this.newlines(comment.end, this.following(next)) === 0) break;
      this.next++;
      docs.push(suffix(` ${textOf(comment)}`));
      end = comment.end;
    }
    return { doc: concat(docs), end };
  }

  /** Whether the source has an empty line between two offsets. */
  blankLine(from: number, to: number): boolean {
    return this.newlines(from, to) > 1;
  }

  /** Whether the source has a line break between two offsets. */
  lineBreak(from: number, to: number): boolean {
    return this.newlines(from, to) > 0;
  }

  /** Where the comment after the next one, or what follows, starts. */
  private following(offset: number): number {
    return Math.min(this.comments[this.next + 1]?.start ?? offset, offset);
  }

  private take(): Comment {
    return this.comments[this.next++] as Comment;
  }

  private newlines(from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to && count < 2; i++) if (this.source.charCodeAt(i) === 0x0a) count++;
    return count;
  }
}

const textOf = (comment: Comment): string => comment.text.trimEnd();
