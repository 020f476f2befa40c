import { describe, expect, it } from 'vitest';
import { limitNames, limits, mainLimits } from '../../../src/core/base/limits.ts';
import { runLimitNames } from '../../../src/host/limitSettings.ts';
import { checkRunOptions } from '../../../src/host/runOptions.ts';

/** What is wrong with the options of a request; undefined when nothing is. */
function problemOf(options: unknown): string | undefined {
  try {
    checkRunOptions(options);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('The options of a run that another extension asks for', () => {
  it.each(limitNames)('may set %s in its range, where it is a limit of a run', (name) => {
    const { minimum, maximum } = limits[name];
    const isMain = Object.hasOwn(mainLimits, name);
    const optionsOf = (value: unknown) =>
      isMain ? { [name]: value } : { limits: { [name]: value } };
    const mayBeSet = isMain || runLimitNames.some((known) => known === name);
    for (const value of [minimum, maximum]) {
      expect(problemOf(optionsOf(value)) === undefined).toBe(mayBeSet);
    }
    for (const value of [minimum - 1, maximum + 1, Number.NaN, String(minimum), null]) {
      expect(problemOf(optionsOf(value))).toMatch(/^options\.\w+ must be .*Nothing was sent\.$/);
    }
  });

  it.each([
    [{ limits: { nonsense: 3 } }],
    [{ limits: 3 }],
    [{ limits: null }],
    [{ concurrency: 129 }],
    [{ provider: ['demo'] }],
    [{ model: 'a\u0007' }],
    [{ tools: [1] }],
    [{ reasoningEffort: 'most' }],
    [{ warmUpCache: 1 }],
    [{ mode: undefined }],
  ])('are refused as %j', (options) => {
    expect(problemOf(options)).toMatch(/^options\.\w+ must be .*Nothing was sent\.$/);
  });
});
