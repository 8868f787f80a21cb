/** Doing the fixes of findings. */
import type { Edit, Finding } from './findings.ts';

/** A text with edits done; of edits that overlap, the first counts. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < at) continue;
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}

/** The edits of all fixes that keep what a script means. */
export const safeEdits = (findings: readonly Finding[]): Edit[] =>
  findings.flatMap(({ fix }) => (fix?.safe === true ? [...fix.edits] : []));
