import { describe, expect, it, vi } from 'vitest';
import { limitNames, limits, mainLimits } from '../../../src/core/base/limits.ts';
import { runLimitNames } from '../../../src/host/limitSettings.ts';
import type { PromptLibrary } from '../../../src/host/promptLibrary.ts';
import type { RunRequest } from '../../../src/host/runRequest.ts';
import { toLaunchRequest } from '../../../src/host/runRequest.ts';

vi.mock('vscode', () => ({ Uri: class {} }));

const library = {} as PromptLibrary;
const prompts = [{ text: 'Go.' }];

/** What is wrong with the options of a request; undefined when nothing is. */
async function problemOf(options: object): Promise<string | undefined> {
  return toLaunchRequest(library, { prompts, options } as RunRequest).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

describe('The options of a run that another extension asks for', () => {
  it.each(limitNames)('may set %s in its range, where it is a limit of a run', async (name) => {
    const { minimum, maximum } = limits[name];
    const isMain = Object.hasOwn(mainLimits, name);
    const optionsOf = (value: unknown) =>
      isMain ? { [name]: value } : { limits: { [name]: value } };
    const mayBeSet = isMain || runLimitNames.some((known) => known === name);
    for (const value of [minimum, maximum]) {
      expect((await problemOf(optionsOf(value))) === undefined).toBe(mayBeSet);
    }
    for (const value of [minimum - 1, maximum + 1, Number.NaN, String(minimum), null]) {
      expect(await problemOf(optionsOf(value))).toMatch(
        /^options\.\w+ must be .*Nothing was sent\.$/,
      );
    }
  });

  it.each([
    [{ limits: { nonsense: 3 } }],
    [{ limits: 3 }],
    [{ limits: null }],
    [{ concurrency: 129 }],
  ])('are refused as %j', async (options) => {
    expect(await problemOf(options)).toMatch(/^options\.\w+ must be .*Nothing was sent\.$/);
  });
});
