import { describe, expect, it, vi } from 'vitest';
import { planRun } from '../../../src/core/runner/planRun.ts';
import { contextOf, requestFor } from '../../support/requests.ts';
import { echoProvider } from '../../support/scriptedProvider.ts';

async function plan(texts: readonly string[]) {
  const resolve = vi.fn(() => echoProvider());
  const asked = requestFor(texts);
  const prompts = asked.prompts.map((prompt) => ({ ...prompt, name: 'One' }));
  const planned = await planRun({ ...asked, prompts }, contextOf(resolve)).catch(
    (error: unknown) => error,
  );
  return { planned, resolve };
}

describe('F32: input that cannot run', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['10,000 prompts', Array(10_000).fill('x'), /10,000 prompts are chosen.* 1,000/],
    ['a prompt of 5 MB', ['x'.repeat(5_000_000)], /"One" has 5,000,000 bytes.* 1,000,000/],
    ['a prompt of half as many wide characters', ['ü'.repeat(600_000)], /1,200,000 bytes/],
    ['no prompt', [], /There is no prompt to run\. Select some text/],
    ['a NUL character', ['fine', 'a\u0000b'], /"One" has a NUL character.* Remove it/],
  ])('(%s) is rejected before anything is looked up or sent', async (_, texts, message) => {
    const { planned, resolve } = await plan(texts);
    expect(planned).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect(resolve).not.toHaveBeenCalled();
  });

  it.each<[string, readonly string[]]>([
    ['1,000 prompts', Array(1_000).fill('x')],
    ['a prompt of 1 MB', ['x'.repeat(1_000_000)]],
  ])('does not include %s', async (_, texts) => {
    const { planned } = await plan(texts);
    expect(planned).toHaveProperty('items.length', texts.length);
  });
});
