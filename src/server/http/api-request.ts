/** Requests to the HTTP API: what a head and a body ask for. */
import { ErrorCode, TiError } from '../../errors.ts';
import { MsgpackError, MsgpackReader, Tok, type TokenKind } from '../../msgpack/reader.ts';

export type ContentType = 'application/json' | 'application/msgpack';

const CONTENT_TYPES: Readonly<Record<string, ContentType>> = {
  'application/json': 'application/json',
  'text/json': 'application/json',
  'application/msgpack': 'application/msgpack',
  'application/x-msgpack': 'application/msgpack',
};

/** The form of body and answer by the header; null for one that is not served. */
export function contentType(header: string | undefined): ContentType | null {
  return CONTENT_TYPES[header?.toLowerCase() ?? ''] ?? null;
}

export type Credentials = { readonly token: string } | { readonly user: string; readonly password: string };

/** Byte strings, as the header has them; null for a header that holds none. */
export function credentials(header: string | undefined): Credentials | null {
  const match = /^(basic|token|bearer) (\S+)$/i.exec(header ?? '');
  const [, scheme, data] = match ?? [];
  if (scheme === undefined || data === undefined) return null;
  if (scheme.toLowerCase() !== 'basic') return { token: data };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return null;
  const text = Buffer.from(data, 'base64').latin1Slice();
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Texts are byte strings; `vars` and `args` are MessagePack, undecoded. */
export type ApiRequest =
  | { readonly type: 'query'; readonly code: string; readonly vars: Uint8Array | null }
  | { readonly type: 'run'; readonly name: string; readonly args: Uint8Array | null };

const invalidRequest = (): TiError =>
  new TiError(ErrorCode.BAD_DATA, 'invalid API request; see https://docs.thingsdb.io/v1/connect/http-api');

/** What a member must be, by its key; other keys are passed over. */
const KINDS: Readonly<Record<string, readonly TokenKind[]>> = {
  type: [Tok.STR],
  code: [Tok.STR],
  vars: [Tok.MAP],
  name: [Tok.STR],
  args: [Tok.ARRAY, Tok.MAP],
};

/** Reads the body, one MessagePack map. Throws TiError (-53). */
export function readApiRequest(body: Uint8Array): ApiRequest {
  let members: Map<string, Uint8Array>;
  try {
    members = readMembers(new MsgpackReader(body), body);
  } catch (error) {
    if (error instanceof MsgpackError) throw invalidRequest();
    throw error;
  }
  const type = textOf(members.get('type'));
  const code = textOf(members.get('code'));
  const name = textOf(members.get('name'));
  if (type === 'query' && code !== null) return { type, code, vars: members.get('vars') ?? null };
  if (type === 'run' && name !== null) return { type, name, args: members.get('args') ?? null };
  throw invalidRequest();
}

function readMembers(reader: MsgpackReader, body: Uint8Array): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  if (reader.atEnd || reader.next() !== Tok.MAP) throw invalidRequest();
  for (let left = reader.number; left > 0; left--) {
    if (reader.next() !== Tok.STR) throw invalidRequest();
    const key = reader.text();
    const start = reader.offset;
    const kinds = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
    if (kinds?.includes(reader.next()) === false) throw invalidRequest();
    reader.offset = start;
    reader.skip();
    if (kinds !== undefined) members.set(key, body.subarray(start, reader.offset));
  }
  return members;
}

function textOf(packed: Uint8Array | undefined): string | null {
  if (packed === undefined) return null;
  const reader = new MsgpackReader(packed);
  reader.next();
  return reader.text();
}
