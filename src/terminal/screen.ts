/** Draws a block of rows at the place of the cursor of a terminal, again and again in the same place. */
import type { Layout, Row } from './layout.ts';

export interface Screen {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
}

const CLEAR_ROW = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const rightTo = (column: number): string => (column > 0 ? `\x1b[${column}C` : '');

export class Block {
  private readonly screen: Screen;
  /** What is drawn, and the row of it that the cursor is in. */
  private drawn: readonly Row[] = [];
  private cursorRow = 0;
  private cursorColumn = 0;
  private columns = 0;
  /** The first row that is shown of a block that is higher than the screen. */
  private top = 0;

  constructor(screen: Screen) {
    this.screen = screen;
  }

  /** Draws rows in the place of those that are drawn. */
  draw(layout: Layout): void {
    const { rows, cursorRow } = this.window(layout);
    const lines = rows.map(({ text }) => text + CLEAR_ROW).join('\r\n');
    const back = `${up(rows.length - 1 - cursorRow)}\r${rightTo(layout.cursorColumn)}`;
    this.screen.write(`${HIDE_CURSOR}${this.home()}${lines}${CLEAR_BELOW}${back}${SHOW_CURSOR}`);
    this.keep(rows, cursorRow, layout.cursorColumn);
  }

  /** Draws rows a last time, all of them, and goes below. */
  finish({ rows }: Layout): void {
    this.screen.write(`${this.home()}${CLEAR_BELOW}${rows.map(({ text }) => text).join('\r\n')}\r\n`);
    this.forget();
  }

  /** Takes the block away; the next is drawn where it was. */
  erase(): void {
    this.screen.write(`${this.home()}${CLEAR_BELOW}`);
    this.keep([], 0, 0);
  }

  /** To be called when the cursor is somewhere else now, at the start of a row. */
  forget(): void {
    this.keep([], 0, 0);
    this.top = 0;
  }

  private keep(rows: readonly Row[], cursorRow: number, cursorColumn: number): void {
    this.drawn = rows;
    this.cursorRow = cursorRow;
    this.cursorColumn = cursorColumn;
    this.columns = this.screen.columns;
  }

  /** The part of a block that the screen has room for, with the cursor in it. */
  private window({ rows, cursorRow }: Layout): { rows: readonly Row[]; cursorRow: number } {
    const height = Math.max(1, this.screen.rows);
    if (rows.length <= height) {
      this.top = 0;
      return { rows, cursorRow };
    }
    this.top = Math.min(Math.max(this.top, cursorRow - height + 1), cursorRow, rows.length - height);
    return { rows: rows.slice(this.top, this.top + height), cursorRow: cursorRow - this.top };
  }

  /** What takes the cursor to the first row of the block. A terminal that has become narrower has wrapped the rows that were wider. */
  private home(): string {
    const { columns } = this.screen;
    let above = this.cursorRow;
    if (columns < this.columns) {
      const wrapped = this.drawn.slice(0, this.cursorRow).map(({ width }) => Math.max(1, Math.ceil(width / columns)));
      above = wrapped.reduce((sum, rows) => sum + rows, 0) + Math.floor(this.cursorColumn / columns);
    }
    return `${up(above)}\r`;
  }
}
