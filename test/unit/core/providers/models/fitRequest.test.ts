import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasoningEfforts } from '../../../../../src/core/base/reasoningEffort.ts';
import { fitRequest, nearestEffort } from '../../../../../src/core/providers/models/fitRequest.ts';
import { smallRequest } from '../protocols.ts';

const effort = fc.constantFrom(...reasoningEfforts);
const step = (name: (typeof reasoningEfforts)[number]): number => reasoningEfforts.indexOf(name);

describe('nearestEffort', () => {
  it('is the nearest effort that the model supports', () => {
    fc.assert(
      fc.property(effort, fc.uniqueArray(effort, { minLength: 1 }), (wanted, supported) => {
        const fitted = nearestEffort({ ...smallRequest, effort: wanted }, supported);
        expect(supported).toContain(fitted.effort);
        const far = Math.abs(step(fitted.effort!) - step(wanted));
        for (const other of supported) {
          expect(Math.abs(step(other) - step(wanted))).toBeGreaterThanOrEqual(far);
        }
        expect('note' in fitted).toBe(fitted.effort !== wanted);
      }),
    );
  });

  it('is the lower of two equally near ones, which costs less', () => {
    const fitted = nearestEffort({ ...smallRequest, effort: 'xhigh' }, ['low', 'high', 'max']);
    expect(fitted.effort).toBe('high');
  });
});

describe('fitRequest', () => {
  it('changes nothing when nothing is known about the model', () => {
    fc.assert(
      fc.property(fc.option(effort, { nil: undefined }), fc.nat(), (wanted, maxOutputTokens) => {
        const request = { ...smallRequest, maxOutputTokens, ...(wanted ? { effort: wanted } : {}) };
        const fit = (asked: typeof request) => nearestEffort(asked, undefined);
        expect(fitRequest(request, {}, fit)).toEqual({ request, notes: [] });
      }),
    );
  });
});
