/** What is wrong with a text, in places of the editor. */
import type { Finding } from '../../../analysis/findings.ts';
import { fromBytes } from '../../../lsp/document.ts';
import type { Checked, Remark } from '../messages.ts';
import { colours } from './colours.ts';
import type { Source } from './source.ts';

function remarkOf({ places }: Source, finding: Finding): Remark {
  const { code, severity, message, reason, fix } = finding;
  return {
    ...places.mark(finding),
    code,
    severity,
    message: fromBytes(message),
    reason: reason === undefined ? null : fromBytes(reason),
    fix:
      fix === undefined
        ? null
        : {
            title: fromBytes(fix.title),
            changes: fix.edits.map((edit) => ({ ...places.mark(edit), insert: fromBytes(edit.text) })),
          },
  };
}

export function check(source: Source): Checked {
  const { effect } = source;
  return {
    remarks: source.findings.map((finding) => remarkOf(source, finding)),
    colours: colours(source),
    effect: effect === null ? null : { ...source.places.mark(effect), what: fromBytes(effect.what) },
  };
}
