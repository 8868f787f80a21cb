/**
 * The normalised text of a closure, which is what is stored and shown for it: the tokens as written, without the space and the comments between them.
 *
 * Some white space survives, as the language has always kept it: one space around `else` and `in` and behind `return` where the source has white space
 * there, and what stands between prefix operators. Where tokens would run together and read as something else, a space is put between them.
 */
import type { IToken } from 'chevrotain';
import type { Node } from '../../src/ast/nodes.ts';
import { walk } from '../../src/ast/visitor.ts';
import { adjacent } from './choose.ts';
import { tokenize } from './lexer.ts';
import { parse } from './parser.ts';
import * as t from './tokens.ts';

/** What only the tree tells about tokens, by their offsets. */
interface Roles {
  /** Words that are names, though they may look like keywords. */
  readonly names: ReadonlySet<number>;
  readonly closures: ReadonlySet<number>;
  /** From the offset of the first of some prefix operators to that of their operand. */
  readonly prefixes: ReadonlyMap<number, number>;
}

function rolesIn(root: Node): Roles {
  const names = new Set<number>();
  const closures = new Set<number>();
  const prefixes = new Map<number, number>();
  walk(root, {
    enter(node) {
      if (node.kind === 'Ident' || node.kind === 'Name') names.add(node.start);
      else if (node.kind === 'ClosureLiteral') closures.add(node.start);
      else if (node.kind === 'UnaryExpr') prefixes.set(node.start, node.operand.start);
      return undefined;
    },
  });
  return { names, closures, prefixes };
}

const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
const wordEnd = /[0-9A-Za-z_]$/;
const wordStart = /^[0-9A-Za-z_]/;
const isNumeric = ({ tokenType }: IToken): boolean =>
  tokenType === t.Int || tokenType === t.Float || tokenType === t.Inf || tokenType === t.Nan;

/**
 * Gives the normalised text of a closure such as `|x| x + 1`: `|x|x+1`.
 *
 * @throws TiError with code SYNTAX when the text is not right
 */
export function compactClosure(source: string): string {
  const roles = rolesIn(parse(source));
  const { tokens, text } = tokenize(source);
  const writer = new Writer(text, roles);
  for (const token of tokens) writer.add(token);
  return writer.result;
}

class Writer {
  result = '';
  private readonly text: string;
  private readonly roles: Roles;
  private previous: IToken | null = null;
  /** Where the operand of the current prefix operators begins. */
  private operand = 0;
  /** Between the bars of a closure's parameters. */
  private inParams = false;
  /** The last token was a `|` that is an operator of its own. */
  private loneBar = false;

  constructor(text: string, roles: Roles) {
    this.text = text;
    this.roles = roles;
  }

  add(token: IToken): void {
    const { previous } = this;
    if (previous !== null) this.result += this.gap(previous, token);
    this.result += token.image;
    this.note(token);
    this.previous = token;
  }

  private gap(left: IToken, right: IToken): string {
    // The parts of a template touch: what looks like space between them is text.
    if (this.keepsSpace(left, right)) return ' ';
    if (right.startOffset < this.operand) return this.spaces(left, right);
    return this.needsSpace(left, right) ? ' ' : '';
  }

  private keepsSpace(left: IToken, right: IToken): boolean {
    const { names } = this.roles;
    const before = right.tokenType === t.Else || right.tokenType === t.In;
    if (before && !names.has(right.startOffset) && isSpace(this.text.charCodeAt(right.startOffset - 1))) return true;
    const after = left.tokenType === t.Else || left.tokenType === t.In || left.tokenType === t.Return;
    return after && !names.has(left.startOffset) && isSpace(this.text.charCodeAt(left.startOffset + left.image.length));
  }

  /** The white space between two prefix operators, without comments. */
  private spaces(left: IToken, right: IToken): string {
    const gap = this.text.slice(left.startOffset + left.image.length, right.startOffset);
    return gap.includes('/') ? '' : gap;
  }

  private needsSpace(left: IToken, right: IToken): boolean {
    if (wordEnd.test(left.image) && wordStart.test(right.image))
      return left.tokenType !== t.TemplateText && right.tokenType !== t.TemplateText;
    if (right.tokenType === t.Dot || right.tokenType === t.DotDot) {
      return isNumeric(left) && !this.roles.names.has(left.startOffset);
    }
    if (left.tokenType === t.Amp && right.tokenType === t.Amp) return true;
    if (left.tokenType === t.Slash && right.tokenType === t.Regex) return true;
    return this.loneBar && right.tokenType === t.Bar && this.roles.closures.has(right.startOffset);
  }

  private note(token: IToken): void {
    this.operand = this.roles.prefixes.get(token.startOffset) ?? this.operand;
    if (token.tokenType !== t.Bar) {
      this.loneBar = false;
      return;
    }
    const opens = this.roles.closures.has(token.startOffset);
    const { previous } = this;
    const second = this.loneBar && previous !== null && adjacent(previous, token);
    this.loneBar = !opens && !this.inParams && !second;
    this.inParams = opens;
  }
}
