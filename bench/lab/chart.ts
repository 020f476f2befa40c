/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  /** Positive `x` in ascending order. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly title: string;
  readonly lines: readonly ChartLine[];
}

/** Readable on a light and on a dark page, and by people who see few colours. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const dashes = ['', '6 3', '2 3', '8 3 2 3'];
const grey = '#808080';

const chartWidth = 250;
const height = 220;
const plot = { left: 44, right: 10, top: 30, bottom: 34 };
const lineHeight = 16;

/** Charts side by side, as an SVG image: `x` logarithmic, `y` from 0, one legend for all. */
export function svgOf(charts: readonly Chart[], xTitle: string): string {
  const names = charts[0]?.lines.map(({ name }) => name) ?? [];
  const width = charts.length * chartWidth;
  const whole = height + names.length * lineHeight + 8;
  const summary = charts.map(({ title }) => title).join('; ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" role="img" font-family="sans-serif" font-size="11">`,
    `<title>${escapeXml(summary)}</title>`,
    ...charts.flatMap((chart, place) => drawChart(chart, place * chartWidth, xTitle)),
    ...names.flatMap((name, index) => {
      const y = height + (index + 0.5) * lineHeight;
      return [
        `<line x1="${plot.left}" x2="${plot.left + 30}" y1="${y}" y2="${y}" ${stroke(index)}/>`,
        text(plot.left + 36, y + 4, name, 'start'),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function drawChart({ title, lines }: Chart, offset: number, xTitle: string): readonly string[] {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [least = 1, most = 10] = [xs[0], xs.at(-1)];
  const top = niceAbove(Math.max(...points.map(({ y }) => y), 0));
  const right = offset + chartWidth - plot.right;
  const bottom = height - plot.bottom;
  const xOf = (x: number): number => {
    const share = most === least ? 0.5 : Math.log(x / least) / Math.log(most / least);
    return round(offset + plot.left + share * (right - offset - plot.left));
  };
  const yOf = (y: number): number => round(bottom - (Math.max(0, y) / top) * (bottom - plot.top));
  return [
    text(offset + plot.left, 16, title, 'start'),
    ...[0, top / 2, top].flatMap((value) => [
      `<line x1="${offset + plot.left}" x2="${right}" y1="${yOf(value)}" y2="${yOf(value)}" stroke="${grey}" stroke-opacity="0.4"/>`,
      text(offset + plot.left - 6, yOf(value) + 4, String(round(value)), 'end'),
    ]),
    ...xs.map((x) => text(xOf(x), bottom + 14, x.toLocaleString('en-US'), 'middle')),
    text((offset + plot.left + right) / 2, bottom + 28, xTitle, 'middle'),
    ...lines.flatMap(({ points: own }, index) => {
      const path = own.map(({ x, y }) => `${xOf(x)},${yOf(y)}`).join(' ');
      const dots = own.map(
        ({ x, y }) => `<circle cx="${xOf(x)}" cy="${yOf(y)}" r="2.5" fill="${colorOf(index)}"/>`,
      );
      return [`<polyline points="${path}" fill="none" ${stroke(index)}/>`, ...dots];
    }),
  ];
}

function stroke(index: number): string {
  const dash = dashes[index % dashes.length];
  return `stroke="${colorOf(index)}" stroke-width="1.5"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
}

function colorOf(index: number): string {
  return colors[index % colors.length] ?? grey;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${grey}">${escapeXml(content)}</text>`;
}

/** 1, 2 or 5 times a power of ten, not below `value`. */
function niceAbove(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
