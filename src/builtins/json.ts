/** JSON, and values that are kept packed. */
import { lookupErr, typeErr, valueErr } from '../errors.ts';
import { MAX_TEXT, textTooLong } from '../limits.ts';
import { MsgpackWriter } from '../msgpack/writer.ts';
import type { MpData } from '../values/handles.ts';
import type { Thing } from '../values/thing.ts';
import { truthy, typeName, type Value } from '../values/value.ts';
import { decodeAny } from '../wire/decode.ts';
import { Encoder, NO_IDS } from '../wire/encode.ts';
import { msgpackToJson } from '../wire/json.ts';
import { plainJson } from '../wire/json-plain.ts';
import { loadJson } from './json-load.ts';
import type { Context, Row } from './row.ts';

interface DumpOptions {
  deep: number;
  flags: number;
  indent: number;
}

const MAX_DEEP = 127;
const INDENT = 4;
/** Levels of JSON, as in what is loaded. */
const MAX_NESTING = 127;

function readOption(options: DumpOptions, name: string, value: Value): void {
  if (name === 'beautify') {
    options.indent = truthy(value) ? INDENT : 0;
    return;
  }
  if (name !== 'deep' && name !== 'flags') {
    throw lookupErr(
      `invalid option \`${name}\` for function \`json_dump\`; there are \`deep\`, \`flags\` and \`beautify\`; see https://docs.thingsdb.io/v1/collection-api/json_dump`,
    );
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw typeErr(`expecting \`${name}\` to be of type \`int\` but got type \`${typeName(value)}\` instead`);
  }
  if (name === 'flags') options.flags = Number(BigInt(value) & BigInt(NO_IDS));
  else if (value < 0 || value > MAX_DEEP) throw valueErr(`expecting a \`deep\` value between 0 and ${MAX_DEEP} but got ${value} instead`);
  else options.deep = Number(value);
}

/** A larger buffer is not kept for the next text. */
const KEPT = 2 ** 20;

/** For the next dump; null while one is made, since packing may call closures that dump in turn. */
let spare: MsgpackWriter | null = null;

function dump(cx: Context, value: Value, given: Thing | undefined): string {
  const options: DumpOptions = { deep: cx.deep, flags: 0, indent: 0 };
  if (given !== undefined) for (const name of given.keys()) readOption(options, name, given.get(name) as Value);
  const plain = options.indent === 0 ? plainJson(value, options.deep, (options.flags & NO_IDS) === 0) : null;
  if (plain !== null) {
    cx.spend(plain.length >> 2);
    return plain;
  }
  const writer = spare ?? new MsgpackWriter();
  spare = null;
  writer.reset();
  try {
    new Encoder(writer, cx.hooks).encode(value, options.deep, options.flags);
    const packed = writer.bytes();
    if (packed.length > MAX_TEXT) throw textTooLong();
    cx.spend(packed.length >> 2);
    const text = msgpackToJson(packed, { unsupported: 'refuse', indent: options.indent, opensEmpty: true, maxNesting: MAX_NESTING });
    return options.indent === 0 ? text : `${text}\n`;
  } finally {
    if (writer.capacity <= KEPT) spare = writer;
  }
}

function load(cx: Context, data: MpData): Value {
  cx.spend(data.data.length >> 3);
  return decodeAny(data.data);
}

export const jsonRows: readonly Row[] = [
  {
    name: 'json_dump',
    params: [
      { name: 'value', type: 'any' },
      { name: 'options', type: 'thing', optional: true },
    ],
    returns: 'str',
    doc: 'The JSON text of a value. Options are `deep` (levels of things, as in answers), `flags` (`NO_IDS`) and `beautify` (lines and indentation).',
    example: 'json_dump({people: [{name: \'Iris\'}]}, {deep: 2});  // => "{\\"people\\":[{\\"name\\":\\"Iris\\"}]}"',
    page: 'collection-api/json_dump',
    run: (cx, value: Value, options?: Thing) => dump(cx, value, options),
  },
  {
    name: 'json_load',
    params: [{ name: 'text', type: 'str' }],
    returns: 'any',
    doc: 'The value that a JSON text describes; nil for an empty text.',
    example: 'json_load(\'{"success": true}\');  // => {"success":true}',
    page: 'collection-api/json_load',
    run: (cx, text: string) => loadJson(cx, text),
  },
  {
    name: 'load',
    receiver: 'mpdata',
    params: [],
    returns: 'any',
    doc: 'The value that is packed in the data.',
    example: 'time_zones_info().load()[0];  // => "UTC"',
    page: 'data-types/mpdata/load',
    run: (cx, self: MpData) => load(cx, self),
  },
  {
    name: 'len',
    receiver: 'mpdata',
    params: [],
    returns: 'int',
    doc: 'The number of bytes.',
    example: 'time_zones_info().len() > 5000;  // => true',
    page: 'data-types/mpdata/len',
    run: (_cx, self: MpData) => self.data.length,
  },
];
