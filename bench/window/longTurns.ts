import { Session } from 'node:inspector/promises';
import type { CpuProfile } from '../lab/profile.ts';

/** One turn of the event loop that took long. */
export interface LongTurn {
  /** When it began, in µs of the profile's clock. */
  readonly startUs: number;
  readonly wallMs: number;
  /** CPU time of the thread: less than the wall time where other processes took its core. */
  readonly cpuMs: number;
}

/** What fills the long turns of an extension host. */
export interface LongTurns {
  readonly turns: readonly LongTurn[];
  readonly profile: CpuProfile & { readonly startTime: number };
}

/** Turns of at least so many ms are long. */
const longMs = 20;
/** Between two samples of the profile, in µs. */
const intervalUs = 200;

/** Profiles this thread and watches every turn of its event loop, which costs time itself. */
export class TurnWatch {
  readonly #session = new Session();
  readonly #turns: LongTurn[] = [];
  #isOn = false;

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: intervalUs });
    await this.#session.post('Profiler.start');
    this.#isOn = true;
    this.#watch(nowUs(), cpuUs());
  }

  async stop(): Promise<LongTurns> {
    this.#isOn = false;
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    return { turns: this.#turns, profile: profile as LongTurns['profile'] };
  }

  #watch(startUs: number, startCpuUs: number): void {
    setImmediate(() => {
      if (!this.#isOn) return;
      const endUs = nowUs();
      const endCpuUs = cpuUs();
      const wallMs = (endUs - startUs) / 1000;
      const cpuMs = (endCpuUs - startCpuUs) / 1000;
      if (wallMs >= longMs) this.#turns.push({ startUs, wallMs, cpuMs });
      this.#watch(endUs, endCpuUs);
    });
  }
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function cpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
