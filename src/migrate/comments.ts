/** The comments within statements, on their way to the place before the next thing that is written. */
import type { Comment } from '../ast/nodes.ts';

export class Comments {
  private readonly comments: readonly Comment[];
  private next = 0;

  constructor(comments: readonly Comment[]) {
    this.comments = comments;
  }

  /** Passes over those before an offset, which stay where they are. */
  skip(offset: number): void {
    this.before(offset);
  }

  /** Those before an offset that were not written yet. */
  before(offset: number): string {
    let text = '';
    for (let comment = this.comments[this.next]; comment !== undefined && comment.start < offset; comment = this.comments[++this.next]) {
      text += `${comment.text} `;
    }
    return text;
  }
}
