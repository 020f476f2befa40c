import { beforeEach, expect, it, vi } from 'vitest';
import { EndNotice } from '../../../src/host/endNotice.ts';
import type { HostRunEvent, RunService } from '../../../src/host/runService.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';
import { EventEmitter, person } from '../../support/vscode/fakeWindow.ts';

const executed = vi.hoisted(() => [] as unknown[]);
vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  commands: { executeCommand: async (...call: unknown[]) => executed.push(call) },
}));

beforeEach(() => {
  person.reset();
  executed.length = 0;
});

/** Lets a run of two conversations end, one of them failed. */
function endRun({ missed = true, state = 'finished' }: { missed?: boolean; state?: string }): void {
  const emitted = new EventEmitter<HostRunEvent>();
  const runs = { onDidEmit: emitted.event } as unknown as RunService;
  const onError = (error: unknown) => expect.unreachable(String(error));
  new EndNotice({ runs, isMissed: () => missed, onError });
  const run = new SteppedRun(['a', 'b']);
  run.step(0, steps.done);
  run.step(1, steps.failed);
  run.finish(state as 'finished');
  emitted.fire({ run, event: { type: 'run.finished', state } } as unknown as HostRunEvent);
}

it('A run that ends out of sight is told once, with its failures and what to do', async () => {
  person.chooses = 'Open Results';
  endRun({});
  expect(person.messages).toMatchObject([
    {
      text: 'math.prompts.md: 1 of 2 conversations done, 1 failed.',
      modal: false,
      buttons: ['Open Results', 'Rerun Failed'],
    },
  ]);
  await vi.waitFor(() => expect(executed).toMatchObject([['interleave.openResults', {}]]));
});

it.each([{ missed: false }, { state: 'cancelled' }])(
  'Nothing is told of a run that the user sees or has cancelled: %j',
  (how) => {
    endRun(how);
    expect(person.messages).toEqual([]);
  },
);
