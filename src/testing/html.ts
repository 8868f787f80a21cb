/** Coverage as pages: an index, and a page for each file with its text, how often each line ran, and what did not. */
import { branchShare, type Counted, type FileCoverage, functionShare, lineShare, percent, type Share, sumOf } from './coverage.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
/** UTF-8 bytes as text for a page; the page is written as UTF-8 again. */
const decoded = (bytes: string): string => escaped(Buffer.from(bytes, 'latin1').toString('utf8'));

const STYLE = `
:root { color-scheme: light dark; --text: #1c2024; --muted: #656d76; --line: #d8dee4; --page: #fff; --good: #dafbe1; --bad: #ffdcd7; --part: #fff3c4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --muted: #8b949e; --line: #30363d; --page: #0d1117; --good: #12331e; --bad: #4a1d1a; --part: #453a10; }
}
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.3rem; } a { color: inherit; }
table.files { border-collapse: collapse; width: 100%; } .files th, .files td { padding: .35rem .8rem; border-bottom: 1px solid var(--line); text-align: right; }
.files th:first-child, .files td:first-child { text-align: left; } .files th { color: var(--muted); font-weight: 500; }
pre { margin: 0; font: 13px/1.5 ui-monospace, monospace; tab-size: 4; } table.text { border-collapse: collapse; width: 100%; }
.text td { padding: 0 .8rem 0 0; vertical-align: top; } .text td.n { color: var(--muted); text-align: right; user-select: none; white-space: nowrap; }
tr.ran td.n:nth-child(2) { background: var(--good); } tr.missed td.n:nth-child(2) { background: var(--bad); }
.miss { background: var(--bad); } .way { background: var(--part); } .legend { color: var(--muted); }
`;

const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n${body}\n</html>\n`;

const shareCell = (share: Share): string => `<td>${percent(share)} %</td><td>${share.covered} / ${share.total}</td>`;

const HEAD =
  '<tr><th>file</th><th colspan="2">lines</th><th colspan="2">functions</th><th colspan="2">ways of conditions and loops</th></tr>';

/** How the page of a file is called. */
const pageOf = (path: string): string => `${path.replaceAll(/[\\/]/g, '.').replace(/^\.+/, '')}.html`;

function row(name: string, shares: readonly Share[]): string {
  return `<tr><td>${name}</td>${shares.map(shareCell).join('')}</tr>`;
}

const sharesOf = (file: FileCoverage): Share[] => [lineShare(file), functionShare(file), branchShare(file)];

function index(files: readonly FileCoverage[]): string {
  const rows = files.map((file) => row(`<a href="${encodeURI(pageOf(file.path))}">${escaped(file.path)}</a>`, sharesOf(file)));
  const all = row(
    'all files',
    [0, 1, 2].map((i) => sumOf(files.map((file) => sharesOf(file)[i] as Share))),
  );
  return page('Coverage', `<h1>Coverage</h1>\n<table class="files">\n${HEAD}\n${rows.join('\n')}\n${all}\n</table>`);
}

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly kind: 'miss' | 'way';
  readonly title: string;
}

/** What did not run, from the outside in: of things in one another, the outermost. */
function marksOf({ statements, branches }: FileCoverage): Mark[] {
  const marks: Mark[] = statements
    .filter(({ count }) => count === 0)
    .map(({ start, end }: Counted) => ({ start, end, kind: 'miss', title: 'never ran' }));
  for (const { start, ways } of branches) {
    const missed = ways.filter(({ count }) => count === 0).map(({ name }) => name);
    // When the whole did not run, it is marked itself.
    if (missed.length > 0 && missed.length < ways.length)
      marks.push({ start, end: start + 1, kind: 'way', title: `never: ${missed.join(', ')}` });
  }
  marks.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = -1;
  return marks.filter((mark) => {
    if (mark.start < end) return false;
    end = mark.end;
    return true;
  });
}

/** The text with its marks, line by line: a mark over several lines is opened anew in each. */
function linesOf(file: FileCoverage): string[] {
  const marks = marksOf(file);
  const lines: string[] = [];
  let at = 0;
  for (const line of file.text.split('\n')) {
    const end = at + line.length;
    let html = '';
    let from = at;
    for (const { start, end: stop, kind, title } of marks) {
      if (stop <= at || start >= end) continue;
      const first = Math.max(start, at);
      const last = Math.min(stop, end);
      html += `${decoded(file.text.slice(from, first))}<span class="${kind}" title="${escaped(title)}">${decoded(file.text.slice(first, last))}</span>`;
      from = last;
    }
    lines.push(html + decoded(file.text.slice(from, end)));
    at = end + 1;
  }
  return lines;
}

function filePage(file: FileCoverage): string {
  const rows = linesOf(file).map((html, i) => {
    const count = file.lines.get(i + 1);
    const kind = count === undefined ? '' : count > 0 ? ' class="ran"' : ' class="missed"';
    return `<tr${kind}><td class="n">${i + 1}</td><td class="n">${count ?? ''}</td><td><pre>${html || ' '}</pre></td></tr>`;
  });
  const head = `<h1><a href="index.html">Coverage</a> of ${escaped(file.path)}</h1>\n<table class="files">\n${HEAD}\n${row(escaped(file.path), sharesOf(file))}\n</table>`;
  const legend =
    '<p class="legend">Behind the number of a line: how often it ran. <span class="miss">Never ran.</span> <span class="way">Did not go all ways</span>; the title tells which.</p>';
  return page(`Coverage of ${file.path}`, `${head}\n${legend}\n<table class="text">\n${rows.join('\n')}\n</table>`);
}

/** The pages by the names of their files; text, to be written as UTF-8. */
export function htmlPages(files: readonly FileCoverage[]): ReadonlyMap<string, string> {
  return new Map([['index.html', index(files)], ...files.map((file) => [pageOf(file.path), filePage(file)] as const)]);
}
