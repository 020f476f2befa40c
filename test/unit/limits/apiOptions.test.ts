import { describe, expect, it } from 'vitest';
import { limitNames, limits, mainLimits } from '../../../src/core/base/limits.ts';
import { runLimitNames } from '../../../src/host/limitSettings.ts';
import { checkRunOptions } from '../../../src/host/runOptions.ts';

/** The problem of a request's options; undefined when they are valid. */
function problemOf(options: unknown): string | undefined {
  try {
    checkRunOptions(options);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('The options of a run requested by another extension', () => {
  it.each(limitNames)('may set %s in its range if it is a limit of a run', (name) => {
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
  ])('are rejected as %j', (options) => {
    expect(problemOf(options)).toMatch(/^options\.\w+ must be .*Nothing was sent\.$/);
  });
});
