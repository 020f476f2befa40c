import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/emitter.ts';
import { keepCompiledCode } from '../../../src/host/compiledCode.ts';

function windowOf() {
  const changed = new Emitter<object>(() => undefined);
  const state = { state: 'running' };
  let files = 3;
  const save = vi.fn(() => files-- > 0);
  const runs = { onDidChangeRun: changed.event, runs: [{ state }] };
  const keeping = keepCompiledCode({ saveNext: save }, runs as never);
  const change = (to: string): void => {
    state.state = to;
    changed.fire({});
  };
  return { save, keeping, change };
}

describe('compiled code', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is saved some time after the first run has ended, once', () => {
    const { save, change } = windowOf();
    change('running');
    vi.advanceTimersByTime(60_000);
    expect(save).not.toHaveBeenCalled();
    change('finished');
    expect(save).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(save).toHaveBeenCalledTimes(4);
    change('running');
    change('finished');
    vi.advanceTimersByTime(60_000);
    expect(save).toHaveBeenCalledTimes(4);
  });

  it('is not saved while the next run is running', () => {
    const { save, change } = windowOf();
    change('finished');
    vi.advanceTimersByTime(1_000);
    change('running');
    vi.advanceTimersByTime(60_000);
    expect(save).not.toHaveBeenCalled();
    change('finished');
    vi.advanceTimersByTime(60_000);
    expect(save).toHaveBeenCalledTimes(4);
  });

  it('is not saved after the window was closed', () => {
    const { save, change, keeping } = windowOf();
    change('finished');
    keeping.dispose();
    vi.advanceTimersByTime(60_000);
    expect(save).not.toHaveBeenCalled();
  });
});
