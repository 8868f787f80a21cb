/** What a walk through a script in the 2019 dialect finds. */
import type { Span } from '../../ast/nodes.ts';
import { type Code, FINDINGS, type Finding, type Severity } from '../findings.ts';

export interface More {
  readonly severity?: Severity;
  readonly reason?: string;
  /** A name that was perhaps meant, for what stands in the span. */
  readonly near?: string | null;
}

export class Findings {
  readonly found: Finding[] = [];
  /** While not 0, what fails is not told: the script expects it. */
  quiet = 0;
  /** While not 0, it is not certain that the place is reached. */
  uncertain = 0;

  report(code: Code, { start, end }: Span, message: string, { near = null, reason, severity }: More = {}): void {
    this.found.push({
      code,
      severity: severity ?? FINDINGS[code],
      message: near === null ? message : `${message}; did you mean \`${near}\`?`,
      start,
      end,
      ...(reason === undefined ? {} : { reason }),
      ...(near === null ? {} : { fix: { title: `replace it by \`${near}\``, edits: [{ start, end, text: near }], safe: false } }),
    });
  }

  /** As `report`, for what fails when it is reached. */
  fails(code: Code, at: Span, message: string, more: More = {}): void {
    if (this.quiet > 0) return;
    const severity = more.severity ?? FINDINGS[code];
    this.report(code, at, message, { ...more, severity: severity === 'error' && this.uncertain > 0 ? 'warning' : severity });
  }
}
