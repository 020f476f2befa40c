import { RequestEvent, RowChange } from '../panel/events.ts';
import { defaultRow } from '../state/viewState.ts';
import type { ListCommand } from './listKeys.ts';

/** The event that carries out a command on the row of a conversation. */
export function rowEvent(
  { type }: Exclude<ListCommand, { readonly type: 'move' }>,
  conversation: number,
  expanded: boolean,
): RowChange | RequestEvent {
  switch (type) {
    case 'expand':
      return new RowChange(conversation, defaultRow);
    case 'collapse':
      return new RowChange(conversation, undefined);
    case 'toggle':
      return new RowChange(conversation, expanded ? undefined : defaultRow);
    case 'copy':
      return new RequestEvent({ type: 'copyAnswer', conversation });
    case 'retry':
      return new RequestEvent({ type: 'retryConversation', conversation });
  }
}
