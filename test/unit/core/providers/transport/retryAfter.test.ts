import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../../../../src/core/providers/transport/retryAfter.ts';

const nowMs = Date.parse('2026-11-20T10:00:00Z');

function wait(headers: Record<string, string>): number | undefined {
  return retryAfter((name) => headers[name], nowMs)?.ms;
}

describe('retryAfter', () => {
  it.each([
    ['0', 0],
    ['23', 23_000],
    ['1.5', 1500],
    [' 3600 ', 3_600_000],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['  Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
  ])('reads retry-after: %s', (value, expected) => {
    expect(wait({ 'retry-after': value })).toBe(expected);
  });

  it.each([
    ...['-5', 'soon', '', '5s', 'NaN', 'Infinity', 'Fri, 20 Nov 2026 09:59:59 GMT', '1e3'],
    ...['20 Nov 2026 10:00:30 GMT', '20Nov 2026 10:00:30 GMT', 'x 20 Nov 2026 10:00:30 GMT'],
  ])('ignores retry-after: %s', (value) => {
    expect(wait({ 'retry-after': value })).toBeUndefined();
  });

  it('prefers the milliseconds', () => {
    expect(wait({ 'retry-after-ms': '120', 'retry-after': '5' })).toBe(120);
  });

  it('falls back to the seconds when the milliseconds make no sense', () => {
    expect(wait({ 'retry-after-ms': '-1', 'retry-after': '5' })).toBe(5000);
  });

  it('is undefined without headers', () => {
    expect(wait({})).toBeUndefined();
  });

  it.each([
    ['86400', 86_400_000],
    ['11180000', 11_180_000],
    [String(nowMs / 1000 + 3), 3_000],
    [String(nowMs + 3_000), 3_000],
    ['500000000', undefined],
  ])('guesses the unit of an implausible number: %s', (value, expected) => {
    expect(wait({ 'retry-after': value })).toBe(expected);
  });
});
