import type { ServerResponse } from 'node:http';
import type { FaultKind } from './settings.ts';
import type { StreamedTurn } from './streamedTurn.ts';

/** The connection for the events of one response. */
export interface Outlet {
  readonly response: ServerResponse;
  /** Milliseconds between events; 0 sends them together. */
  readonly gapMs: number;
  readonly errorEvent: string;
  /** Called when the last event has been written. */
  onComplete(): void;
}

/** Time for the events before a reset to arrive. */
const resetDelayMs = 20;

/** Sends a turn: whole, or up to its fault. */
export function sendEvents(turn: StreamedTurn, fault: FaultKind | undefined, outlet: Outlet): void {
  if (fault !== undefined) {
    breakOff(turn, fault, outlet);
  } else if (outlet.gapMs > 0) {
    sendSlowly(turn, outlet);
  } else {
    outlet.onComplete();
    outlet.response.end(turn.events.join(''));
  }
}

function sendSlowly({ events }: StreamedTurn, { response, gapMs, onComplete }: Outlet): void {
  let sent = 0;
  const sendNext = (): void => {
    const event = events[sent] ?? '';
    sent += 1;
    if (sent < events.length) {
      response.write(event);
      return;
    }
    clearInterval(timer);
    onComplete();
    response.end(event);
  };
  const timer = setInterval(sendNext, gapMs);
  response.once('close', () => clearInterval(timer));
  sendNext();
}

function breakOff({ events, cutAt }: StreamedTurn, fault: FaultKind, outlet: Outlet): void {
  const { response, errorEvent } = outlet;
  response.write(events.slice(0, cutAt).join(''));
  if (fault === 'error_event') response.end(errorEvent);
  if (fault === 'cut') response.end();
  if (fault === 'reset') {
    const timer = setTimeout(() => response.socket?.resetAndDestroy(), resetDelayMs);
    response.once('close', () => clearTimeout(timer));
  }
  // A stall sends nothing more for as long as the client waits.
}
