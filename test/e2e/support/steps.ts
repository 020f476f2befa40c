import { beforeEach } from 'vitest';

/**
 * For a `describe` whose tests are the steps of one story in one window. Skips the rest after a
 * failed step, so that one cause gives one failure.
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
