import { beforeEach } from 'vitest';

/**
 * For a `describe` whose tests are the steps of one story in one window: after a step that failed
 * the rest is skipped, so that one cause is one failure and not as many as there are steps.
 */
export function inSteps(): void {
  let hasFailed = false;
  beforeEach(({ skip, onTestFailed }) => {
    skip(hasFailed, 'An earlier step has failed.');
    onTestFailed(() => {
      hasFailed = true;
    });
  });
}
