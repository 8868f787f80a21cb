/** The formatter of the 2019 dialect. */
import { print } from '../../src/ast/printer.ts';
import { parse } from './parser.ts';

/**
 * Formats a text: two spaces of indentation, lines of 100 bytes where possible, comments and empty lines kept. Formatting twice changes nothing.
 *
 * @throws TiError with code SYNTAX or OVERFLOW when the text does not parse
 */
export function format(source: string): string {
  const script = parse(source);
  return print(script, { source });
}
