/**
 * The typed syntax tree of the language: a discriminated union on `kind`.
 *
 * Source text is a byte string (one char a byte, see `src/values/bytes-text.ts`), so `start` and `end` are byte offsets into it; `end` is
 * exclusive. Trees are flat where the language lets programs grow long without nesting: the links of a chain (`a.b[0].c()`) and a run of
 * prefix operators (`!!-x`) are arrays, not nested nodes, so no pass recurses deeper than the nesting limit of the parser.
 */

export interface Span {
  /** Byte offset of the first byte. */
  readonly start: number;
  /** Byte offset behind the last byte. */
  readonly end: number;
}

export interface Comment extends Span {
  /** `// ...` up to the line's end, or a block comment. */
  readonly style: 'line' | 'block';
  /** The text as written, with its delimiters. */
  readonly text: string;
}

export interface Ident extends Span {
  readonly kind: 'Ident';
  readonly name: string;
}

/** The whole text: statements separated by `;`. `comments` are in source order, for the formatter. */
export interface Script extends Span {
  readonly kind: 'Script';
  readonly body: readonly Expr[];
  readonly comments: readonly Comment[];
}

export interface NilLiteral extends Span {
  readonly kind: 'NilLiteral';
}

export interface BoolLiteral extends Span {
  readonly kind: 'BoolLiteral';
  readonly value: boolean;
}

export interface IntLiteral extends Span {
  readonly kind: 'IntLiteral';
  /** As written, with a sign that belongs to the literal (`-0x1f`). */
  readonly raw: string;
  /** A bigint beyond the safe integers; null when it does not fit in 64 bit (an error when evaluated, not before). */
  readonly value: number | bigint | null;
}

export interface FloatLiteral extends Span {
  readonly kind: 'FloatLiteral';
  readonly raw: string;
  readonly value: number;
}

export interface StringLiteral extends Span {
  readonly kind: 'StringLiteral';
  readonly raw: string;
  /** Quotes removed, doubled quotes undone. */
  readonly value: string;
}

export interface RegexLiteral extends Span {
  readonly kind: 'RegexLiteral';
  /** As written: `/pattern/flags`. */
  readonly raw: string;
  readonly pattern: string;
  readonly flags: string;
}

export interface TemplateText extends Span {
  readonly kind: 'TemplateText';
  readonly raw: string;
  /** Doubled back-ticks and braces undone. */
  readonly value: string;
}

export interface TemplateLiteral extends Span {
  readonly kind: 'TemplateLiteral';
  readonly parts: readonly (TemplateText | Expr)[];
}

export interface Name extends Span {
  readonly kind: 'Name';
  readonly name: string;
}

export interface ArrayLiteral extends Span {
  readonly kind: 'ArrayLiteral';
  readonly items: readonly Expr[];
}

export interface Field extends Span {
  readonly kind: 'Field';
  readonly name: Ident;
  /** Null for the short form `{a:}`, which takes the value of the variable `a`. */
  readonly value: Expr | null;
}

export interface ThingLiteral extends Span {
  readonly kind: 'ThingLiteral';
  readonly fields: readonly Field[];
}

/** `&{a: 'int'}`: an anonymous type. */
export interface AnoLiteral extends Span {
  readonly kind: 'AnoLiteral';
  readonly fields: readonly Field[];
}

export interface ClosureLiteral extends Span {
  readonly kind: 'ClosureLiteral';
  readonly params: readonly Ident[];
  readonly body: Expr;
}

/** `Name{...}`: an instance of a type. */
export interface InstanceLiteral extends Span {
  readonly kind: 'InstanceLiteral';
  readonly type: Ident;
  readonly fields: readonly Field[];
}

/** `Name{MEMBER}` or `Name{|| ...}`: a member of an enumerator. */
export interface EnumMember extends Span {
  readonly kind: 'EnumMember';
  readonly type: Ident;
  readonly member: Ident | ClosureLiteral;
}

/** `name(...)`: a built-in function, a type or enum constructor, or a closure in a variable. */
export interface CallExpr extends Span {
  readonly kind: 'CallExpr';
  readonly callee: Ident;
  readonly args: readonly Expr[];
  /** 2019 dialect: a comma stands behind the last argument, which means something to some functions. */
  readonly trailing?: boolean;
}

/** `//=` is of the 2019 dialect alone. */
export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '//=' | '%=' | '&=' | '^=' | '|=';

/** `name = value`, `name += value`, ... */
export interface AssignExpr extends Span {
  readonly kind: 'AssignExpr';
  readonly target: Ident;
  readonly op: AssignOp;
  readonly value: Expr;
}

/** `.name` or `..name`; with `op` and `value`, an assignment to the property. `optional` is true for `..`. */
export interface PropertyLink extends Span {
  readonly kind: 'PropertyLink';
  readonly optional: boolean;
  readonly name: Ident;
  readonly assign: { readonly op: AssignOp; readonly value: Expr } | null;
}

/** `.name(...)` or `..name(...)`. */
export interface MethodLink extends Span {
  readonly kind: 'MethodLink';
  readonly optional: boolean;
  readonly name: Ident;
  readonly args: readonly Expr[];
  /** See `CallExpr`. */
  readonly trailing?: boolean;
}

/** `[index]`, `[index] = value`. */
export interface IndexLink extends Span {
  readonly kind: 'IndexLink';
  readonly index: Expr;
  readonly assign: { readonly op: AssignOp; readonly value: Expr } | null;
}

/** `[]`, `[a:b]`, `[a:b:c]`, each part optional; with `assign`, an assignment to the slice. */
export interface SliceLink extends Span {
  readonly kind: 'SliceLink';
  /** 0 for `[]`, 1 for one colon, 2 for two: what the printer needs to repeat the form. */
  readonly colons: 0 | 1 | 2;
  readonly from: Expr | null;
  readonly to: Expr | null;
  readonly step: Expr | null;
  readonly assign: { readonly op: AssignOp; readonly value: Expr } | null;
}

export type Link = PropertyLink | MethodLink | IndexLink | SliceLink;

/**
 * `base link link ...`; base null is the root of the collection (`.a`). At least one link. After a `..` whose left side is nil or an error,
 * all links to the end of this chain are skipped.
 */
export interface ChainExpr extends Span {
  readonly kind: 'ChainExpr';
  readonly base: Expr | null;
  readonly links: readonly Link[];
}

export type PrefixOp = '!' | '-' | '+' | '~';

/** Prefix operators as written, outermost first: `!-x` is ops ['!', '-']. */
export interface UnaryExpr extends Span {
  readonly kind: 'UnaryExpr';
  readonly ops: readonly PrefixOp[];
  readonly operand: Expr;
}

export type BinaryOp = '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '&' | '^' | '|' | '<' | '>' | '==' | '!=' | '<=' | '>=';

export interface BinaryExpr extends Span {
  readonly kind: 'BinaryExpr';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
}

export interface LogicalExpr extends Span {
  readonly kind: 'LogicalExpr';
  readonly op: '&&' | '||';
  readonly left: Expr;
  readonly right: Expr;
}

export interface TernaryExpr extends Span {
  readonly kind: 'TernaryExpr';
  readonly test: Expr;
  readonly then: Expr;
  readonly else: Expr;
}

/** `( ... )`: kept, because it ends a chain and because stored closures repeat it. */
export interface ParenExpr extends Span {
  readonly kind: 'ParenExpr';
  readonly expr: Expr;
}

/** `{ a; b }`: at least one statement; its value is that of the last. */
export interface BlockExpr extends Span {
  readonly kind: 'BlockExpr';
  readonly body: readonly Expr[];
}

export interface IfExpr extends Span {
  readonly kind: 'IfExpr';
  readonly test: Expr;
  readonly then: Expr;
  readonly else: Expr | null;
}

export interface ForExpr extends Span {
  readonly kind: 'ForExpr';
  readonly vars: readonly Ident[];
  readonly iterable: Expr;
  readonly body: Expr;
}

/** `return`, `return value`, `return value, deep`, `return value, deep, flags`. */
export interface ReturnExpr extends Span {
  readonly kind: 'ReturnExpr';
  readonly value: Expr | null;
  readonly deep: Expr | null;
  readonly flags: Expr | null;
}

export interface BreakExpr extends Span {
  readonly kind: 'BreakExpr';
}

export interface ContinueExpr extends Span {
  readonly kind: 'ContinueExpr';
}

/** Put by the parser where it recovered from an error, so that tools get a whole tree; never compiled. */
export interface ErrorExpr extends Span {
  readonly kind: 'ErrorExpr';
}

/** 2019 dialect: `$name`, a variable that lives as long as the query. */
export interface TempName extends Span {
  readonly kind: 'TempName';
  /** Without its `$`. */
  readonly name: string;
}

/** 2019 dialect: `$name = value`, `$name += value`, ... */
export interface TempAssign extends Span {
  readonly kind: 'TempAssign';
  /** Spans the `$` too; the name is without it. */
  readonly target: Ident;
  readonly op: AssignOp;
  readonly value: Expr;
}

/** 2019 dialect: `a, b => value`. */
export interface ArrowLiteral extends Span {
  readonly kind: 'ArrowLiteral';
  readonly params: readonly Ident[];
  readonly body: Expr;
}

/** 2019 dialect: `left // right`, the quotient as an int. */
export interface IntDivExpr extends Span {
  readonly kind: 'IntDivExpr';
  readonly left: Expr;
  readonly right: Expr;
}

export type Literal = NilLiteral | BoolLiteral | IntLiteral | FloatLiteral | StringLiteral | RegexLiteral;

export type Expr =
  | Literal
  | TemplateLiteral
  | Name
  | ArrayLiteral
  | ThingLiteral
  | AnoLiteral
  | ClosureLiteral
  | InstanceLiteral
  | EnumMember
  | CallExpr
  | AssignExpr
  | ChainExpr
  | UnaryExpr
  | BinaryExpr
  | LogicalExpr
  | TernaryExpr
  | ParenExpr
  | BlockExpr
  | IfExpr
  | ForExpr
  | ReturnExpr
  | BreakExpr
  | ContinueExpr
  | TempName
  | TempAssign
  | ArrowLiteral
  | IntDivExpr
  | ErrorExpr;

export type Node = Script | Expr | Link | Field | Ident | TemplateText;
