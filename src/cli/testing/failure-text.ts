/** What is told of a case that failed. */
import { lineColumn, renderDiagnostic } from '../../ast/position.ts';
import type { Call, Failure } from '../../testing/failure.ts';
import type { TestRun, Text } from '../../testing/run.ts';
import { dialectOf } from '../dialect.ts';
import { fromBytes } from '../io.ts';
import { toldError } from '../report.ts';

/** A call whose source is a file that people know. */
interface Known extends Call {
  readonly source: Text;
}

/** The calls of a failure in files, the innermost first. */
export function placesOf({ calls }: Failure, { sources }: TestRun): Known[] {
  return calls.flatMap((call) => {
    const source = sources.get(call.program);
    return source === undefined || call.offset < 0 ? [] : [{ ...call, source }];
  });
}

export function placeText({ source, offset }: Pick<Known, 'source' | 'offset'>): string {
  const { line, column } = lineColumn(source.text, offset);
  return `${source.path}:${line}:${column}`;
}

/** The message with the kind of the error, as the dialect of the script calls it; text, not bytes. */
export function messageOf(failure: Failure, run: TestRun): string {
  const message = fromBytes(failure.error.message);
  if (failure.isExpectation === true) return message;
  const { code, name } = toldError(failure.error, dialectOf(placesOf(failure, run)[0]?.source ?? { path: null }, {}));
  return `${message} (${name}, ${code})`;
}

/** The picture of the place, and the calls that led there; text, not bytes. */
export function failureText(failure: Failure, run: TestRun, colour: boolean): string {
  const [place, ...callers] = placesOf(failure, run);
  const message = messageOf(failure, run);
  if (place === undefined) return `error: ${message}`;
  const remark = {
    severity: 'error',
    message: Buffer.from(message, 'utf8').latin1Slice(),
    start: place.offset,
    end: place.offset,
    notes: failure.notes,
  } as const;
  const picture = renderDiagnostic(place.source.text, remark, { name: place.source.path, colour });
  return [picture, ...callers.map((caller) => `  called at ${placeText(caller)}`)].join('\n');
}
