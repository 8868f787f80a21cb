/** Arguments of a request that runs a procedure. */
import { ErrorCode, TiError, valueErr } from '../errors.ts';
import { MsgpackReader, Tok, type TokenKind } from '../msgpack/reader.ts';
import type { Value } from '../values/value.ts';
import { type DecodeContext, decodeNext, nextKind, skipNext } from './decode.ts';

/** What the kinds of MessagePack are called where a key must be a str. */
const KIND_NAMES: Readonly<Partial<Record<TokenKind, string>>> = {
  [Tok.NIL]: 'nil',
  [Tok.BOOL]: 'boolean',
  [Tok.FLOAT]: 'float64',
  [Tok.BIN]: 'binary',
  [Tok.ARRAY]: 'array',
  [Tok.MAP]: 'map',
  [Tok.EXT]: 'extension',
};

/**
 * Reads nil, an array or a map of arguments for the parameters of a procedure: by place or by name. Arguments that are missing are nil, those that no
 * parameter takes are left unread. Throws TiError: -53 for anything else, -60 for a key that is no str, and what decoding a value throws.
 */
export function decodeRunArguments(bytes: Uint8Array, params: readonly string[], procedure: string, context: DecodeContext): Value[] {
  const args: Value[] = params.map(() => null);
  const reader = new MsgpackReader(bytes);
  if (reader.atEnd) return args;
  const kind = nextKind(reader);
  const count = reader.number;
  if (kind === Tok.ARRAY) {
    for (let i = 0; i < Math.min(count, args.length); i++) args[i] = argument(reader, context, `argument ${i}`, procedure);
  } else if (kind === Tok.MAP) byName(reader, count, params, args, procedure, context);
  else if (kind !== Tok.NIL) {
    throw new TiError(
      ErrorCode.BAD_DATA,
      'the arguments of a `run` request must be an array or a map; nil and nothing mean that there are none',
    );
  }
  return args;
}

function byName(
  reader: MsgpackReader,
  count: number,
  params: readonly string[],
  args: Value[],
  procedure: string,
  context: DecodeContext,
): void {
  for (let i = 0; i < count; i++) {
    const name = key(reader);
    // A parameter given twice means the last one.
    const at = params.lastIndexOf(name);
    if (at < 0) skipNext(reader);
    else args[at] = argument(reader, context, `argument \`${name}\``, procedure);
  }
}

function key(reader: MsgpackReader): string {
  const kind = nextKind(reader);
  if (kind === Tok.STR) return reader.text();
  if (kind === null) throw new TiError(ErrorCode.BAD_DATA, 'the MessagePack data is incomplete');
  const name = KIND_NAMES[kind] ?? (reader.big === null && reader.number < 0 ? 'int64' : 'uint64');
  throw valueErr(`the names of arguments must be of type \`str\` but one is of type \`${name}\``);
}

function argument(reader: MsgpackReader, context: DecodeContext, which: string, procedure: string): Value {
  try {
    return decodeNext(reader, context);
  } catch (error) {
    if (!(error instanceof TiError)) throw error;
    throw new TiError(error.code, `${error.message} (${which} for procedure \`${procedure}\`)`);
  }
}
