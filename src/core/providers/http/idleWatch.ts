import type { Clock } from '../../base/clock.ts';

/** Notices when nothing has been heard for a while. */
export interface IdleWatch {
  heard(): void;
  stop(): void;
}

/** Calls `onIdle` once when `limitMs` pass without `heard`. Hearing costs no timer. */
export function startIdleWatch(clock: Clock, limitMs: number, onIdle: () => void): IdleWatch {
  let heardAtMs = clock.now();
  const check = (): void => {
    const leftMs = heardAtMs + limitMs - clock.now();
    if (leftMs > 0) timer = clock.after(leftMs, check);
    else onIdle();
  };
  let timer = clock.after(limitMs, check);
  return {
    heard: () => {
      heardAtMs = clock.now();
    },
    stop: () => timer.dispose(),
  };
}
