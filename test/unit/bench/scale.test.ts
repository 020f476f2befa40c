import { describe, expect, it } from 'vitest';
import { svgOf } from '../../../bench/lab/chart.ts';
import { withSection } from '../../../bench/lab/document.ts';
import { type ScaleSeries, scaleCosts, scaleFigures } from '../../../bench/lab/scale.ts';

function point(conversations: number, wallMs: number, cpuMs: number, peakRssMb: number) {
  const cpuMsPerConversation = cpuMs / conversations;
  const median = { wallMs, cpuMsPerConversation, peakRssMb, sockets: conversations };
  return {
    conversations,
    median: { ...median, right: conversations, simulatorMsPerConversation: 0.1 },
  };
}

const series: ScaleSeries = {
  ...{ protocol: 'anthropic', concurrency: 'unlimited', ttfbMs: 200 },
  points: [
    point(10, 900, 300, 100),
    point(110, 1000, 500, 110),
    point(1010, 1900, 2300, 200),
    point(10_010, 20_900, 30_300, 1100),
  ],
};

describe('The scale of a run', () => {
  it('is the cost of a conversation beyond start-up and the waits', () => {
    const costs = scaleCosts(series);
    expect(costs.map(({ conversations }) => conversations)).toEqual([110, 1010, 10_010]);
    expect(costs.map(({ wallMs }) => wallMs)).toEqual([1, 1, 2]);
    expect(costs.map(({ cpuMs }) => Math.round(cpuMs * 1000) / 1000)).toEqual([2, 2, 3]);
    expect(costs.map(({ memoryKb }) => memoryKb)).toEqual([102.4, 102.4, 102.4]);
  });

  it('compares the most conversations with a hundred', () => {
    const values = new Map(scaleFigures(series).map(({ name, value }) => [name, value]));
    expect(values.get('scale/anthropic/unlimited/wall-most-over-100')).toBe(2);
    expect(values.get('scale/anthropic/unlimited/cpu-most-over-100')).toBeCloseTo(1.5);
    expect(values.get('scale/anthropic/unlimited/memory-most-over-100')).toBe(1);
  });

  it('does not count the waits of a limited concurrency', () => {
    const [base, , last] = series.points;
    // 1,010 conversations of four requests, 101 at once: 40 waves of 200 ms.
    const limited = { ...series, concurrency: 101, points: [base!, last!] };
    const [cost] = scaleCosts({
      ...limited,
      points: [base!, { ...last!, median: { ...last!.median, wallMs: 8100 + 1000 } }],
    });
    expect(cost?.wallMs).toBe(1);
  });
});

describe('A chart', () => {
  it('has a line for each series within its borders, and escapes names', () => {
    const points = [
      { x: 10, y: 1 },
      { x: 10_000, y: 3 },
    ];
    const svg = svgOf([{ title: 'CPU', lines: [{ name: 'A & B', points }] }], 'conversations');
    expect(svg).toContain('A &amp; B');
    const [, path = ''] = /<polyline points="([^"]*)"/.exec(svg) ?? [];
    const [first, last] = path.split(' ').map((pair) => pair.split(',').map(Number));
    expect(first![0]).toBeLessThan(last![0]!);
    expect(first![1]).toBeGreaterThan(last![1]!);
    expect(last![0]).toBeLessThanOrEqual(250);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('can be drawn without any point', () => {
    expect(svgOf([{ title: 'CPU', lines: [{ name: 'A', points: [] }] }], 'x')).not.toMatch(
      /NaN|Infinity|undefined/,
    );
  });
});

describe('A section of the document', () => {
  const text =
    'a\n<!-- measured: one -->\nold\n<!-- end -->\nb\n<!-- measured: two -->\n<!-- end -->\n';

  it('is replaced, and nothing else', () => {
    expect(withSection(text, 'one', 'new')).toBe(
      'a\n<!-- measured: one -->\n\nnew\n\n<!-- end -->\nb\n<!-- measured: two -->\n<!-- end -->\n',
    );
  });

  it('must exist', () => {
    expect(() => withSection(text, 'three', 'new')).toThrow('no section "three"');
  });
});
