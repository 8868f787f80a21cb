/** Variables that go along with a query, written as a JSON object: read with the places of what is wrong, and packed as clients pack them. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { packJson, parseJson } from '../../../msgpack/json.ts';
import type { MsgpackWriter } from '../../../msgpack/writer.ts';
import { toBytes } from '../../../utf8.ts';
import type { Coloured, Mark } from '../messages.ts';

/** What is wrong, and where. */
export interface Problem extends Mark {
  readonly message: string;
}

/** What goes along with a query: values of JSON by name, and bytes by name, in their order. */
export interface Given {
  readonly values: ReadonlyMap<string, unknown>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ReadVariables {
  /** As `packJson` takes them. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Of each variable, in the words of the language; empty where nothing is known. */
  readonly types: ReadonlyMap<string, string>;
  /** The first thing that is wrong; there are no variables then. */
  readonly problem: Problem | null;
  readonly colours: readonly Coloured[];
}

const NAME = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/;
/** Texts of other forms are no JSON. */
const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

export const isVariableName = (text: string): boolean => NAME.test(text);

const MESSAGES: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no value of JSON; a text needs double quotes',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma or a closing bracket is expected',
  CloseBraceExpected: '`}` is missing',
  CloseBracketExpected: '`]` is missing',
  EndOfFileExpected: 'there is something behind the end',
  InvalidCommentToken: 'there are no comments in JSON',
  UnexpectedEndOfComment: 'there are no comments in JSON',
  UnexpectedEndOfString: 'the closing quote is missing',
  UnexpectedEndOfNumber: 'this is no number',
  InvalidUnicode: 'this is no escape',
  InvalidEscapeCharacter: 'this is no escape',
  InvalidCharacter: 'a character that stands in a text as an escape only',
};

const COLOURS: Readonly<Record<string, string>> = { string: 'string', number: 'number', boolean: 'constant', null: 'constant' };
const TYPES: Readonly<Record<string, string>> = { string: 'str', boolean: 'bool', array: 'list', object: 'thing' };

const markOf = ({ offset, length }: Node | ParseError): Mark => ({ from: offset, to: offset + length });

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* nodesOf(child);
}

function coloursOf(root: Node): Coloured[] {
  const keys = new Set([...nodesOf(root)].filter(({ type }) => type === 'property').map(({ children }) => children?.[0]));
  return [...nodesOf(root)].flatMap((node) => {
    const colour = keys.has(node) ? 'property' : COLOURS[node.type];
    return colour === undefined ? [] : [{ ...markOf(node), colour }];
  });
}

/** A number as it is written decides what it is: 2.0 is a float. */
const isFloat = (number: string): boolean => /[.eE]/.test(number);

const typeOf = ({ type }: Node, written: string): string =>
  type === 'number' ? (isFloat(written) ? 'float' : 'int') : (TYPES[type] ?? '');

function problemOf(root: Node, text: string): Problem | null {
  if (root.type !== 'object') return { ...markOf(root), message: 'variables are an object: {"name": value}' };
  const names = new Set<string>();
  for (const { children } of root.children ?? []) {
    const key = children?.[0];
    if (key === undefined) continue;
    const name = key.value as string;
    if (!isVariableName(name)) return { ...markOf(key), message: 'a name has letters, digits and underscores, and no digit first' };
    if (names.has(name)) return { ...markOf(key), message: `\`${name}\` stands here twice` };
    names.add(name);
  }
  for (const node of nodesOf(root)) {
    if (node.type !== 'number') continue;
    const written = text.slice(node.offset, node.offset + node.length);
    if (isFloat(written) || BigInt.asIntN(64, BigInt(written)) === BigInt(written)) continue;
    return { ...markOf(node), message: 'the number does not fit in an integer of 64 bits' };
  }
  return null;
}

const none = (problem: Problem | null, colours: readonly Coloured[] = []): ReadVariables => ({
  values: new Map(),
  types: new Map(),
  problem,
  colours,
});

/** Reads the text of variables; without any text there are none. */
export function readVariables(text: string): ReadVariables {
  if (text.trim() === '') return none(null);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, STRICT);
  const colours = root === undefined ? [] : coloursOf(root);
  const [error] = errors;
  if (error !== undefined)
    return none({ ...markOf(error), message: MESSAGES[printParseErrorCode(error.error)] ?? 'this is no JSON' }, colours);
  if (root === undefined) return none({ from: 0, to: text.length, message: 'this is no JSON' });
  const problem = problemOf(root, text);
  if (problem !== null) return none(problem, colours);
  const values = new Map(Object.entries(parseJson(text) as object));
  const types = (root.children ?? []).flatMap(({ children: [key, value] = [] }): [string, string][] =>
    key === undefined || value === undefined
      ? []
      : [[key.value as string, typeOf(value, text.slice(value.offset, value.offset + value.length))]],
  );
  return { values, types: new Map(types), problem: null, colours };
}

const byteString = (bytes: Uint8Array): string => Buffer.from(bytes).latin1Slice();

/** Writes the map of those that a text may mention; false, and nothing, when there are none. */
export function packGiven(w: MsgpackWriter, { values, files }: Given, code: string): boolean {
  const isMentioned = ([name]: readonly [string, unknown]): boolean => code.includes(name);
  const [told, bytes] = [[...values].filter(isMentioned), [...files].filter(isMentioned)];
  if (told.length + bytes.length === 0) return false;
  w.mapHeader(told.length + bytes.length);
  for (const [name, value] of told) {
    w.str(toBytes(name));
    packJson(w, value);
  }
  for (const [name, value] of bytes) {
    w.str(toBytes(name));
    w.bin(byteString(value));
  }
  return true;
}

/** Writes the blobs of a query in the 2019 dialect. */
export function packBlobs(w: MsgpackWriter, { files }: Given): void {
  w.arrayHeader(files.size);
  for (const bytes of files.values()) w.bin(byteString(bytes));
}
