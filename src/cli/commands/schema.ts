import { fetchSchema, type LoginOptions } from '../check/schema.ts';
import { ExitCode } from '../exit.ts';
import { writeWhole } from '../files.ts';
import { type Io, toBytes } from '../io.ts';

export interface SchemaOptions extends LoginOptions {
  readonly connect: string;
  readonly output?: string;
}

/** Prints the types, enumerators and procedures of a collection, for `thingsc check --schema`. */
export async function schema(options: SchemaOptions, io: Io): Promise<ExitCode> {
  const text = toBytes(`${await fetchSchema(options.connect, options)}\n`);
  if (options.output === undefined || options.output === '-') io.out.write(text);
  else writeWhole(options.output, Buffer.from(text, 'latin1'));
  return ExitCode.FINE;
}
