/** Drawings of boxes and lines between them: laid out in layers, moved by dragging and arrow keys, enlarged by the wheel and by `+` and `-`. */
import dagre from '@dagrejs/dagre';
import { freshId, h, svg } from './dom.ts';

export interface Box {
  readonly key: string;
  /** The first line, in bold. */
  readonly title: string;
  /** Further lines, as a name and what belongs to it. */
  readonly lines: readonly (readonly [string, string])[];
  /** The end of the name of a CSS class. */
  readonly style: string;
  readonly onChoose?: () => void;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly isDashed: boolean;
  /** Whether it has an arrow at its start too. */
  readonly isMutual: boolean;
}

const CHAR = 6.7;
const LINE_HEIGHT = 17;
const PADDING = 9;
const TITLE_HEIGHT = 24;
const LONGEST = 34;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

const told = ([name, more]: readonly [string, string]): string => cut(more === '' ? name : `${name}: ${more}`);

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOf({ title, lines }: Box): Size {
  const longest = Math.max(cut(title).length * 1.08, ...lines.map((line) => told(line).length));
  const height = TITLE_HEIGHT + (lines.length === 0 ? 2 : lines.length * LINE_HEIGHT + 7);
  return { width: Math.max(56, Math.ceil(longest * CHAR + 2 * PADDING)), height };
}

function boxElement(box: Box, { x, y, width, height }: Point & Size): SVGGElement {
  const label = [box.title, ...box.lines.map(told)].join(', ');
  const isButton = box.onChoose !== undefined;
  const group = svg(
    'g',
    {
      class: `box box-${box.style}`,
      transform: `translate(${x - width / 2} ${y - height / 2})`,
      'data-key': box.key,
      role: isButton ? 'button' : 'img',
      'aria-label': label,
      tabindex: isButton ? '0' : null,
    },
    svg('rect', { width, height, rx: 5 }),
    svg('text', { class: 'box-title', x: PADDING, y: 16 }, cut(box.title)),
  );
  if (box.lines.length > 0) group.append(svg('line', { class: 'box-rule', x1: 0, x2: width, y1: TITLE_HEIGHT, y2: TITLE_HEIGHT }));
  box.lines.forEach((line, i) => {
    const [name, more] = line;
    const text = told(line);
    const nameText = text.slice(0, Math.min(text.length, name.length + (more === '' ? 0 : 1)));
    const y = TITLE_HEIGHT + 15 + i * LINE_HEIGHT;
    group.append(
      svg('text', { class: 'box-line', x: PADDING, y }, svg('tspan', { class: 'box-name' }, nameText), text.slice(nameText.length)),
    );
  });
  const { onChoose } = box;
  if (onChoose !== undefined) {
    group.addEventListener('click', onChoose);
    group.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onChoose();
    });
  }
  return group;
}

/** A smooth line from the first point to the last that keeps near to those between. */
function path(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  let d = `M${first.x} ${first.y}`;
  rest.slice(0, -1).forEach((point, i) => {
    const next = rest[i + 1] as Point;
    const isEnd = i === rest.length - 2;
    d += ` Q${point.x} ${point.y} ${isEnd ? next.x : (point.x + next.x) / 2} ${isEnd ? next.y : (point.y + next.y) / 2}`;
  });
  return rest.length === 1 ? `${d} L${last.x} ${last.y}` : d;
}

/** Where a line from a point to the middle of a box meets its edge. */
function meet({ x, y, width, height }: Point & Size, from: Point): Point {
  const [dx, dy] = [from.x - x, from.y - y];
  if (dx === 0 && dy === 0) return { x, y };
  const scale = Math.min(1, Math.abs(width / 2 / (dx || Number.EPSILON)), Math.abs(height / 2 / (dy || Number.EPSILON)));
  return { x: x + dx * scale, y: y + dy * scale };
}

/** The same points, from edge to edge of the boxes as they are drawn. */
function between(from: Point & Size, to: Point & Size, points: readonly Point[]): Point[] {
  const inner = points.slice(1, -1);
  return [meet(from, inner[0] ?? to), ...inner, meet(to, inner.at(-1) ?? from)];
}

/** What the line of a box to itself and its label take below it, and how deep the line itself is. */
const LOOP = 30;
const LOOP_DEPTH = 15;

/** A line from the right half of a box's lower edge back to it. */
function loop({ x, y, width, height }: Point & Size): readonly Point[] {
  const bottom = y + height / 2;
  const right = x + width / 2 - 10;
  const left = right - 26;
  return [
    { x: right, y: bottom },
    { x: right + 6, y: bottom + LOOP_DEPTH },
    { x: left - 6, y: bottom + LOOP_DEPTH },
    { x: left, y: bottom },
  ];
}

function arrow(id: string): SVGMarkerElement {
  const attributes = { id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse' };
  return svg('marker', attributes, svg('path', { class: 'arrow', d: 'M0 0.8 L7 4 L0 7.2 z' }));
}

interface Layout {
  readonly lines: SVGGElement;
  readonly boxes: SVGGElement;
  readonly width: number;
  readonly height: number;
}

/** Lines between the same boxes are one, with all their labels; there and back is one with two ends. */
function merged(lines: readonly Line[]): Line[] {
  const found = new Map<string, Line>();
  const keyOf = (from: string, to: string, { isDashed }: Line): string => `${from}\0${to}\0${isDashed}`;
  for (const line of lines) {
    const key = keyOf(line.from, line.to, line);
    const back = keyOf(line.to, line.from, line);
    const known = found.get(key);
    const opposite = line.from === line.to ? undefined : found.get(back);
    if (known !== undefined)
      found.set(key, { ...known, label: `${known.label}, ${line.label}`, isMutual: known.isMutual || line.isMutual });
    else if (opposite !== undefined) found.set(back, { ...opposite, label: `${opposite.label} / ${line.label}`, isMutual: true });
    else found.set(key, line);
  }
  return [...found.values()];
}

function lineElement({ isDashed, isMutual }: Line, points: readonly Point[], marker: string): SVGElement {
  const end = `url(#${marker})`;
  const attributes = {
    class: `line${isDashed ? ' is-dashed' : ''}`,
    d: path(points),
    'marker-end': end,
    'marker-start': isMutual ? end : null,
  };
  return svg('path', attributes);
}

const LABEL_CHAR = 6.05;
const LABEL_HEIGHT = 13;

const labelWidth = (label: string): number => cut(label).length * LABEL_CHAR + 6;

/** A label with a ground of its own, so that no line shows through. */
function labelElement({ label }: Line, { x, y }: Point): SVGElement {
  const width = labelWidth(label);
  return svg(
    'g',
    {},
    svg('rect', { class: 'label-ground', x: x - width / 2, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT, rx: 2 }),
    svg('text', { class: 'line-label', x, y: y + 3.5, 'text-anchor': 'middle' }, cut(label)),
  );
}

/** `direction` is that in which most lines lead: to the right, or down. */
function lay(boxes: readonly Box[], lines: readonly Line[], direction: 'LR' | 'TB', marker: string): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 18, ranksep: 40, edgesep: 12, marginx: 14, marginy: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = merged(lines);
  const looped = new Set(known.filter(({ from, to }) => from === to).map(({ from }) => from));
  for (const box of boxes) {
    const { width, height } = sizeOf(box);
    // The line of a box to itself takes room that is kept free on both sides.
    graph.setNode(box.key, { width, height: height + (looped.has(box.key) ? 2 * LOOP : 0) });
  }
  const shown = known.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  shown.forEach((line, i) => {
    if (line.from !== line.to)
      graph.setEdge(line.from, line.to, { width: labelWidth(line.label) + 4, height: LABEL_HEIGHT + 2, labelpos: 'c' }, String(i));
  });
  dagre.layout(graph);
  const drawn = svg('g', { class: 'lines' });
  const labels = svg('g', {});
  const placeOf = (box: Box): Point & Size => ({ ...(graph.node(box.key) as Point), ...sizeOf(box) });
  const places = new Map(boxes.map((box) => [box.key, placeOf(box)]));
  shown.forEach((line, i) => {
    if (line.from === line.to) {
      const points = loop(places.get(line.from) as Point & Size);
      const [, right, left] = points as [Point, Point, Point];
      drawn.append(lineElement({ ...line, isMutual: false }, points, marker));
      labels.append(labelElement(line, { x: (right.x + left.x) / 2, y: right.y + LABEL_HEIGHT / 2 + 2 }));
      return;
    }
    const edge = graph.edge({ v: line.from, w: line.to, name: String(i) }) as { points: Point[] } & Point;
    const ends = between(places.get(line.from) as Point & Size, places.get(line.to) as Point & Size, edge.points);
    drawn.append(lineElement(line, ends, marker));
    labels.append(labelElement(line, edge));
  });
  const group = svg('g', { class: 'boxes' }, ...boxes.map((box) => boxElement(box, places.get(box.key) as Point & Size)));
  const { width = 0, height = 0 } = graph.graph();
  drawn.append(labels);
  return { lines: drawn, boxes: group, width, height };
}

const MIN_SCALE = 0.1;
const MAX_SCALE = 3;

/** What a drawing shows of itself: the corner at the top left, and how large it is drawn. */
class Sight {
  private readonly element: SVGSVGElement;
  private readonly inner: SVGGElement;
  private readonly size: { readonly width: number; readonly height: number };
  private x = 0;
  private y = 0;
  private scale = 1;

  constructor(element: SVGSVGElement, inner: SVGGElement, size: { readonly width: number; readonly height: number }) {
    this.element = element;
    this.inner = inner;
    this.size = size;
  }

  private apply(): void {
    this.inner.setAttribute('transform', `translate(${this.x} ${this.y}) scale(${this.scale})`);
  }

  /** The whole drawing in the middle, at most as large as life. */
  fit(): void {
    const { clientWidth, clientHeight } = this.element;
    const { width, height } = this.size;
    if (clientWidth === 0 || width === 0) return;
    this.scale = Math.max(MIN_SCALE, Math.min(1, clientWidth / width, clientHeight / height));
    this.x = Math.max(0, (clientWidth - width * this.scale) / 2);
    this.y = Math.max(0, (clientHeight - height * this.scale) / 2);
    this.apply();
  }

  move(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.apply();
  }

  zoom(factor: number, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2): void {
    const scale = Math.max(MIN_SCALE, Math.min(MAX_SCALE, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.apply();
  }
}

function listen(element: SVGSVGElement, sight: Sight): void {
  let last: Point | null = null;
  element.addEventListener('pointerdown', (event) => {
    if ((event.target as Element).closest('[role=button]') !== null) return;
    last = { x: event.clientX, y: event.clientY };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    if (last === null) return;
    sight.move(event.clientX - last.x, event.clientY - last.y);
    last = { x: event.clientX, y: event.clientY };
  });
  element.addEventListener('pointerup', () => {
    last = null;
  });
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      sight.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
    },
    { passive: false },
  );
  const STEP = 40;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => sight.move(STEP, 0),
    ArrowRight: () => sight.move(-STEP, 0),
    ArrowUp: () => sight.move(0, STEP),
    ArrowDown: () => sight.move(0, -STEP),
    '+': () => sight.zoom(1.25),
    '-': () => sight.zoom(0.8),
    '0': () => sight.fit(),
  };
  element.addEventListener('keydown', (event) => {
    const action = keys[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  });
}

/** An element with the drawing. It fits itself in when it comes into sight first. */
export function drawing(label: string, boxes: readonly Box[], lines: readonly Line[], direction: 'LR' | 'TB' = 'LR'): HTMLElement {
  const marker = freshId('arrow');
  const { lines: drawn, boxes: group, width, height } = lay(boxes, lines, direction, marker);
  const inner = svg('g', {}, drawn, group);
  const element = svg('svg', {
    class: 'drawing',
    tabindex: '0',
    role: 'group',
    'aria-label': `${label}; arrow keys move it, plus and minus change its size`,
  });
  element.append(svg('defs', {}, arrow(marker)), inner);
  const sight = new Sight(element, inner, { width, height });
  listen(element, sight);
  const fitOnce = new ResizeObserver(([entry]) => {
    if (entry === undefined || entry.contentRect.width === 0) return;
    sight.fit();
    fitOnce.disconnect();
  });
  fitOnce.observe(element);
  const tool = (text: string, title: string, act: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'tool', title, 'aria-label': title, on: { click: act } }, text);
  const tools = h(
    'div',
    { class: 'drawing-tools' },
    tool('−', 'Smaller', () => sight.zoom(0.8)),
    tool('+', 'Larger', () => sight.zoom(1.25)),
    tool('Fit', 'Fit in', () => sight.fit()),
  );
  return h('div', { class: 'drawing-frame' }, element, tools);
}
