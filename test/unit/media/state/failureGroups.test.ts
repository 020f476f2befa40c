import { describe, expect, it } from 'vitest';
import { groupFailures, nextFailed } from '../../../../media/state/failureGroups.ts';
import { failure, RunScript } from '../../../support/panel/runScript.ts';

function failing(...kinds: readonly ('auth' | 'network' | undefined)[]) {
  const script = new RunScript({ prompts: kinds.map((_, index) => ({ name: `p${index}` })) });
  kinds.forEach((kind, index) => {
    if (kind === undefined) return;
    const error = failure(kind, `${kind} ${index % 2}`);
    script.steps(index, {
      type: 'conversation.finished',
      status: 'failed',
      reason: kind,
      answer: '',
      error,
    });
  });
  return script.state().conversations;
}

describe('groupFailures', () => {
  it('groups failures by kind, the most frequent first, each message once', () => {
    expect(groupFailures(failing('auth', 'network', undefined, 'network', 'network'))).toEqual([
      { kind: 'network', conversations: [1, 3, 4], messages: ['network 1', 'network 0'] },
      { kind: 'auth', conversations: [0], messages: ['auth 0'] },
    ]);
  });

  it('is empty when nothing failed', () => {
    expect(groupFailures(failing(undefined, undefined))).toEqual([]);
  });
});

describe('nextFailed', () => {
  it('goes from failure to failure, and from the last to the first', () => {
    const conversations = failing(undefined, 'auth', undefined, 'auth');
    expect(nextFailed(conversations, -1)).toBe(1);
    expect(nextFailed(conversations, 1)).toBe(3);
    expect(nextFailed(conversations, 3)).toBe(1);
    expect(nextFailed(failing(undefined), -1)).toBeUndefined();
  });
});
