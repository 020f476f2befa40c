import { describe, expect, it } from 'vitest';
import type { LimitName } from '../../../src/core/base/limits.ts';
import { limitNames, maxConcurrent } from '../../../src/core/base/limits.ts';
import { settled } from '../../support/settled.ts';
import { promptFile } from '../cli/commandLine.ts';
import type { Cell } from './cell.ts';
import { answers, limitArgs, runUnderClock } from './commandLineRuns.ts';
import { connectionCells } from './connectionCells.ts';
import { conversationCells } from './conversationCells.ts';
import { costCells } from './costCells.ts';
import { diskCells } from './diskCells.ts';
import { toolCells } from './toolCells.ts';

/** The type requires a cell for every limit. */
const cells: { readonly [N in LimitName]: Cell } = {
  ...conversationCells,
  ...costCells,
  ...toolCells,
  ...connectionCells,
  ...diskCells,
};

describe.each(limitNames)('The limit %s', (name) => {
  const { limit, scale = 1, ends, take } = cells[name];

  it.each([
    ['below it', -1, ends[0]],
    ['at it', 0, ends[1]],
    ['above it', 1, ends[2]],
  ])('%s (%i): %s', async (_where, more, end) => {
    expect(await take(limit * scale + more, limitArgs(name, limit))).toBe(end);
  });
});

describe('Requests in flight at once', () => {
  it.each([
    [2, 2],
    [3, 3],
    [4, 3],
  ])('of %i with a concurrency of 3 are %i', async (count, most) => {
    const prompts = Array.from({ length: count }, (_, index) => [`P${index}`, 'Go.']);
    const place = promptFile(Object.fromEntries(prompts));
    const { promise, resolve } = Promise.withResolvers<void>();
    const replies = () => [{ do: 'wait', for: promise } as const, ...answers('Done.')];
    const args = ['--concurrency', '3', '--no-warm-up'];
    let atOnce = 0;
    await runUnderClock({ replies, place, args }, async ({ server, arrived }) => {
      await arrived(most);
      await settled();
      atOnce = server.requests.length;
      resolve();
      await arrived(count);
    });
    expect(atOnce).toBe(most);
    expect(most).toBeLessThan(maxConcurrent);
  });
});
