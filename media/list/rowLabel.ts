import type { ConversationState } from '../../src/shared/conversationState.ts';
import { ownTimeMs } from '../../src/shared/conversationState.ts';
import { formatDuration } from '../../src/shared/quantities.ts';
import { visibleLine } from '../text/visibleText.ts';

/** What a screen reader says of a row: number, name, file, state and time. */
export function rowLabel(conversation: ConversationState, state: string, nowMs: number): string {
  const { index, name, source, phase } = conversation;
  const file = source === undefined ? [] : [fileName(source.uri)];
  const ms = ownTimeMs(conversation, nowMs);
  // Not while it runs: the name of the row would change all the time.
  const isOver = phase !== 'queued' && phase !== 'waiting' && phase !== 'running';
  const time = isOver && ms > 0 ? [formatDuration(ms)] : [];
  return [`${index + 1}`, visibleLine(name, 200), ...file, state, ...time].join(', ');
}

function fileName(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return visibleLine(decodeURIComponent(name), 100);
  } catch {
    return visibleLine(name, 100);
  }
}
