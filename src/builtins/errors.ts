/** Errors as values: constructors, what they tell, and raising them. */
import { ErrorCode, type Failed, fail, TiError, typeErr, valueErr } from '../errors.ts';
import { isUtf8 } from '../utf8.ts';
import { Bytes } from '../values/scalars.ts';
import { truthy, typeName, type Value } from '../values/value.ts';
import type { FunctionRow, Param, Row } from './row.ts';

interface Builtin {
  readonly name: string;
  readonly code: number;
  /** What the error says when its user says nothing. */
  readonly message: string;
  readonly doc: string;
}

const BUILTINS: readonly Builtin[] = [
  { name: 'assert_err', code: ErrorCode.ASSERT, message: 'assertion statement has failed', doc: 'An assertion has failed.' },
  { name: 'node_err', code: ErrorCode.NODE, message: 'node is temporary unable to handle the request', doc: 'The node cannot answer now.' },
  { name: 'syntax_err', code: ErrorCode.SYNTAX, message: 'syntax error in query', doc: 'The text of a query has an error.' },
  {
    name: 'bad_data_err',
    code: ErrorCode.BAD_DATA,
    message: 'unable to handle request due to invalid data',
    doc: 'Data is not as it must be.',
  },
  { name: 'lookup_err', code: ErrorCode.LOOKUP, message: 'requested resource not found', doc: 'Something does not exist.' },
  { name: 'forbidden_err', code: ErrorCode.FORBIDDEN, message: 'forbidden (access denied)', doc: 'The rights of the user do not suffice.' },
  { name: 'auth_err', code: ErrorCode.AUTH, message: 'authentication error', doc: 'The user is not known, or not by this password.' },
  { name: 'max_quota_err', code: ErrorCode.MAX_QUOTA, message: 'max quota is reached', doc: 'A quota is used up.' },
  { name: 'zero_div_err', code: ErrorCode.ZERO_DIV, message: 'division or modulo by zero', doc: 'A division by zero.' },
  { name: 'overflow_err', code: ErrorCode.OVERFLOW, message: 'integer overflow', doc: 'An int beyond 64 bit.' },
  {
    name: 'value_err',
    code: ErrorCode.VALUE,
    message: 'object has the right type but an inappropriate value',
    doc: 'A value of the right type that is not allowed.',
  },
  { name: 'type_err', code: ErrorCode.TYPE, message: 'object of inappropriate type', doc: 'A value of a wrong type.' },
  { name: 'num_arguments_err', code: ErrorCode.NUM_ARGUMENTS, message: 'wrong number of arguments', doc: 'Too many or too few arguments.' },
  {
    name: 'operation_err',
    code: ErrorCode.OPERATION,
    message: 'operation is not valid in the current context',
    doc: 'Something that cannot be done now or here.',
  },
  {
    name: 'cancelled_err',
    code: ErrorCode.CANCELLED,
    message: 'operation is cancelled before completion',
    doc: 'Something was ended before it was done.',
  },
];

const MESSAGES: ReadonlyMap<number, string> = new Map(BUILTINS.map(({ code, message }) => [code, message]));

const MAX_MESSAGE = 16_383;
const MIN_CODE = -127;
const MAX_CODE = -50;

const messageOf = (code: number): string => MESSAGES.get(code) ?? `error:${code}`;

function checkMessage(message: string): string {
  if (message.length > MAX_MESSAGE) {
    throw valueErr(`error messages should not exceed ${MAX_MESSAGE} characters, got ${message.length} characters`);
  }
  if (!isUtf8(message)) throw valueErr('error messages must have valid UTF8 encoding');
  return message;
}

function makeError(name: string, code: number | bigint, message: string | undefined): TiError {
  if (code < MIN_CODE || code > MAX_CODE) {
    throw valueErr(
      `function \`${name}\` expects an error code between ${MIN_CODE} and ${MAX_CODE} but got ${code} instead; see https://docs.thingsdb.io/v1/collection-api/err`,
    );
  }
  return new TiError(Number(code), message === undefined ? messageOf(Number(code)) : checkMessage(message));
}

/** A message that is only looked at when it is needed. Throws type_err when it is no str. */
function lateMessage(name: string, position: number, message: Value): string {
  if (typeof message === 'string') return checkMessage(message);
  throw typeErr(
    `function \`${name}\` expects argument ${position} to be of type \`str\` but got type \`${typeName(message)}\` instead; see https://docs.thingsdb.io/v1/collection-api/${name}`,
  );
}

/** Raises an error of its own: where an error was raised is noted in it, and the value may be stored. */
function raise(value: TiError | string | Bytes | undefined): Failed {
  if (value instanceof TiError) return fail(new TiError(value.code, value.message));
  if (value === undefined) return fail(new TiError(ErrorCode.CUSTOM, messageOf(ErrorCode.CUSTOM)));
  return fail(new TiError(ErrorCode.CUSTOM, checkMessage(value instanceof Bytes ? value.bytes : value)));
}

const MESSAGE: Param = { name: 'message', type: 'str', optional: true };

function constructorRow({ name, code, message, doc }: Builtin): FunctionRow {
  return {
    name,
    params: [MESSAGE],
    returns: 'error',
    doc: `Makes the error ${code}: ${doc.charAt(0).toLowerCase()}${doc.slice(1)}`,
    example: `e = ${name}('my words'); [e.code(), e.msg()];  // => [${code},"my words"]`,
    page: `errors/${name}`,
    run: (_cx, text?: string) => new TiError(code, text === undefined ? message : checkMessage(text)),
  };
}

export const errorRows: readonly Row[] = [
  ...BUILTINS.map(constructorRow),
  {
    name: 'err',
    params: [{ name: 'code', type: 'int', optional: true }, MESSAGE],
    returns: 'error',
    doc: 'Makes an error of a code between -127 and -50; -100 and below, the default, are free for users.',
    example: 'e = err(-101, \'no licenses left\'); [e.code(), e.msg()];  // => [-101,"no licenses left"]',
    page: 'collection-api/err',
    run: (_cx, code: number | bigint = ErrorCode.CUSTOM, message?: string) => makeError('err', code, message),
  },
  {
    name: 'raise',
    params: [{ name: 'error', type: 'error|str|bytes', optional: true }],
    returns: 'nil',
    gives: 'never',
    doc: 'Raises an error; a text is raised as error -100.',
    example: 'try(raise(\'no licenses left\')).msg();  // => "no licenses left"',
    page: 'collection-api/raise',
    run: (_cx, value?: TiError | string | Bytes) => raise(value),
  },
  {
    name: 'assert',
    params: [
      { name: 'condition', type: 'any' },
      { name: 'message', type: 'any', optional: true },
    ],
    returns: 'nil',
    doc: 'Raises assert_err when the condition does not hold; the message is only evaluated then.',
    example: 'try(assert(1 > 2, \'one is smaller\')).msg();  // => "one is smaller"',
    page: 'collection-api/assert',
    run: (_cx, condition: Value, message?: Value) => {
      if (truthy(condition)) return null;
      return fail(new TiError(ErrorCode.ASSERT, message === undefined ? messageOf(ErrorCode.ASSERT) : lateMessage('assert', 2, message)));
    },
  },
  {
    name: 'alt_raise',
    params: [
      { name: 'statement', type: 'any' },
      { name: 'code', type: 'int' },
      { name: 'message', type: 'str', optional: true },
    ],
    returns: 'any',
    gives: 'arg1',
    doc: 'Gives the value of a statement; an error of it is raised again with another code, and another message if one is given.',
    example: 'e = try(alt_raise(1 / 0, -101)); [e.code(), e.msg()];  // => [-101,"division or modulo by zero"]',
    page: 'collection-api/alt_raise',
    // Only called with the error of the statement: without one, code and message are not evaluated.
    run: (_cx, error: Value, code: number | bigint, message?: string) => {
      if (!(error instanceof TiError)) return error;
      return fail(makeError('alt_raise', code, message ?? error.message));
    },
  },
  {
    name: 'try',
    params: [
      { name: 'statement', type: 'any' },
      { name: 'errors', type: 'error', rest: true },
    ],
    returns: 'any',
    gives: 'arg1|error',
    doc: 'Gives the value of a statement, or the error that it raises; with errors given, only those are caught.',
    example: '[is_err(try(1 / 0)), try(1 / 0, zero_div_err()).code()];  // => [true,-58]',
    page: 'collection-api/try',
    run: () => {
      throw new Error('`try` is compiled, not called');
    },
  },
  {
    name: 'code',
    receiver: 'error',
    params: [],
    returns: 'int',
    doc: 'The code of the error.',
    example: 'zero_div_err().code();  // => -58',
    page: 'data-types/error/code',
    run: (_cx, self: TiError) => self.code,
  },
  {
    name: 'msg',
    receiver: 'error',
    params: [],
    returns: 'str',
    doc: 'The message of the error.',
    example: 'err(-101, \'mine\').msg();  // => "mine"',
    page: 'data-types/error/msg',
    run: (_cx, self: TiError) => self.message,
  },
];
