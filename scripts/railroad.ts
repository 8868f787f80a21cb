/** Railroad diagrams as SVG, without scripts or fonts of their own. */

/** A piece of a diagram: how much room it takes around its line, and how to draw it from the point where its line begins. */
export interface Rail {
  readonly width: number;
  /** Room above and below the line. */
  readonly up: number;
  readonly down: number;
  draw(x: number, y: number): string;
}

const CHAR = 7.3;
const HEIGHT = 24;
const GAP = 12;
const RADIUS = 8;
const ROW = 10;

/** A text as it may stand in HTML. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const path = (d: string): string => `<path d="${d}"/>`;
const across = (x: number, y: number, width: number): string => (width > 0 ? path(`M${x} ${y}h${width}`) : '');

/** A box with a text in it. */
export function box(text: string, kind: 'literal' | 'token' | 'rule'): Rail {
  const width = Math.round(text.length * CHAR) + 20;
  const round = kind === 'rule' ? 0 : HEIGHT / 2;
  return {
    width,
    up: HEIGHT / 2,
    down: HEIGHT / 2,
    draw(x, y) {
      const shape = `<rect x="${x}" y="${y - HEIGHT / 2}" width="${width}" height="${HEIGHT}" rx="${round}"/>`;
      const words = `<text x="${x + width / 2}" y="${y + 4}">${escapeXml(text)}</text>`;
      const content = `<g class="${kind}">${shape}${words}</g>`;
      return kind === 'rule' ? `<a href="#${text}">${content}</a>` : content;
    },
  };
}

/** A line with nothing on it. */
export const skip: Rail = { width: 0, up: 0, down: 0, draw: () => '' };

export function sequence(rails: readonly Rail[]): Rail {
  if (rails.length === 1) return rails[0] as Rail;
  const width = rails.reduce((sum, rail) => sum + rail.width, 0) + GAP * Math.max(0, rails.length - 1);
  return {
    width,
    up: Math.max(0, ...rails.map((rail) => rail.up)),
    down: Math.max(0, ...rails.map((rail) => rail.down)),
    draw(x, y) {
      let at = x;
      const out: string[] = [];
      for (const [i, rail] of rails.entries()) {
        if (i > 0) {
          out.push(across(at, y, GAP));
          at += GAP;
        }
        out.push(rail.draw(at, y));
        at += rail.width;
      }
      return out.join('');
    },
  };
}

/** One of several: the first on the line, the others below it. */
export function choice(rails: readonly Rail[]): Rail {
  const inner = Math.max(...rails.map((rail) => rail.width));
  const side = 2 * RADIUS + 4;
  const offsets: number[] = [0];
  for (let i = 1; i < rails.length; i++) {
    const above = rails[i - 1] as Rail;
    offsets.push((offsets[i - 1] as number) + Math.max(above.down + (rails[i] as Rail).up + ROW, 2 * RADIUS));
  }
  const last = rails.length - 1;
  return {
    width: inner + 2 * side,
    up: (rails[0] as Rail).up,
    down: (offsets[last] as number) + (rails[last] as Rail).down,
    draw(x, y) {
      const out: string[] = [];
      for (const [i, rail] of rails.entries()) {
        const drop = offsets[i] as number;
        const right = x + side + inner;
        out.push(i === 0 ? across(x, y, side) : turnDown(x, y, drop, side), rail.draw(x + side, y + drop));
        out.push(across(x + side + rail.width, y + drop, inner - rail.width));
        out.push(i === 0 ? across(right, y, side) : turnUp(right, y, drop, side));
      }
      return out.join('');
    },
  };
}

const turnDown = (x: number, y: number, drop: number, side: number): string =>
  path(`M${x} ${y}q${RADIUS} 0 ${RADIUS} ${RADIUS}v${drop - 2 * RADIUS}q0 ${RADIUS} ${RADIUS} ${RADIUS}h${side - 2 * RADIUS}`);

const turnUp = (x: number, y: number, drop: number, side: number): string =>
  path(`M${x} ${y + drop}h${side - 2 * RADIUS}q${RADIUS} 0 ${RADIUS} ${-RADIUS}v${-(drop - 2 * RADIUS)}q0 ${-RADIUS} ${RADIUS} ${-RADIUS}`);

/** Once or not at all. */
export const optional = (rail: Rail): Rail => choice([skip, rail]);

/** Once or more often, with `back` on the way back. */
export function loop(rail: Rail, back: Rail = skip): Rail {
  const inner = Math.max(rail.width, back.width);
  const side = 2 * RADIUS;
  const drop = Math.max(rail.down + back.up + ROW, 2 * RADIUS);
  return {
    width: inner + 2 * side,
    up: rail.up,
    down: Math.max(rail.down, drop + back.down),
    draw(x, y) {
      const left = x + side;
      const right = left + inner;
      const way = path(
        `M${right} ${y}q${RADIUS} 0 ${RADIUS} ${RADIUS}v${drop - 2 * RADIUS}q0 ${RADIUS} ${-RADIUS} ${RADIUS}h${-(inner - back.width)}`,
      );
      const home = path(
        `M${left} ${y + drop}q${-RADIUS} 0 ${-RADIUS} ${-RADIUS}v${-(drop - 2 * RADIUS)}q0 ${-RADIUS} ${RADIUS} ${-RADIUS}`,
      );
      return [
        across(x, y, side),
        rail.draw(left, y),
        across(left + rail.width, y, inner - rail.width + side),
        way,
        back.draw(left, y + drop),
        home,
      ].join('');
    },
  };
}

/** A whole diagram with its ends. */
export function diagram(rail: Rail): string {
  const margin = 10;
  const end = 16;
  const width = rail.width + 2 * (margin + end);
  const height = rail.up + rail.down + 2 * margin;
  const y = margin + rail.up;
  const from = margin + end;
  const stops = path(`M${margin} ${y - 8}v16M${margin} ${y}h${end}M${from + rail.width} ${y}h${end}m0 -8v16`);
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${stops}${rail.draw(from, y)}</svg>`;
}
