import type { ErrorKind } from './outcome.ts';
import type { RequestOutcome, Span } from './span.ts';
import type { WaitReason } from './wait.ts';

interface ResultTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/** A model request, a tool call or a wait of a result. Times are ms since the run's start. */
export type ResultSpan =
  | (ResultTimes & {
      readonly kind: 'request';
      readonly turn: number;
      readonly attempt: number;
      /** When the first text, thinking or tool call arrived; absent when none did. */
      readonly firstTokenMs?: number;
      readonly outcome: RequestOutcome;
      /** With `discarded`: what went wrong. */
      readonly errorKind?: ErrorKind;
    })
  | (ResultTimes & {
      readonly kind: 'tool';
      readonly turn: number;
      readonly name: string;
      readonly isError: boolean;
    })
  | (ResultTimes & {
      readonly kind: 'wait';
      readonly reason: WaitReason;
      /** The attempt that followed, where attempts are counted. */
      readonly attempt?: number;
      readonly cause?: string;
    });

/** A span as the result reports it; one that is still open ends at `endedMs`. */
export function toResultSpan(span: Span, endedMs: number): ResultSpan {
  const startMs = Math.round(span.startMs);
  const times = { startMs, endMs: Math.round(span.endMs ?? endedMs) };
  switch (span.kind) {
    case 'request': {
      const { kind, turn, attempt, firstTokenMs, outcome = 'cut_off', error } = span;
      return {
        ...{ kind, turn, attempt, ...times, outcome },
        ...(firstTokenMs === undefined ? {} : { firstTokenMs: Math.round(firstTokenMs) }),
        ...(error === undefined ? {} : { errorKind: error.kind }),
      };
    }
    case 'tool': {
      const { kind, turn, name, isError = false } = span;
      return { kind, turn, name, ...times, isError };
    }
    case 'wait': {
      const { kind, reason, attempt, cause } = span;
      return {
        ...{ kind, reason, ...times },
        ...(attempt === undefined ? {} : { attempt }),
        ...(cause === undefined ? {} : { cause }),
      };
    }
  }
}
