import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import type { OpenRow } from '../state/viewState.ts';
import type { OnAnswer } from './panelRequests.ts';

/** A request of the user. The panel's root element sends it to the extension host. */
export class RequestEvent extends Event {
  static readonly type = 'panel-request';
  readonly request: PanelRequest;
  readonly onAnswer: OnAnswer | undefined;

  constructor(request: PanelRequest, onAnswer?: OnAnswer) {
    super(RequestEvent.type, { bubbles: true, composed: true });
    this.request = request;
    this.onAnswer = onAnswer;
  }
}

/** A row was expanded, shows another tab, or was collapsed (then `row` is undefined). */
export class RowChange extends Event {
  static readonly type = 'row-change';
  readonly conversation: number;
  readonly row: OpenRow | undefined;

  constructor(conversation: number, row: OpenRow | undefined) {
    super(RowChange.type, { bubbles: true, composed: true });
    this.conversation = conversation;
    this.row = row;
  }
}

/** Another row became the current one, on which keys act. */
export class CurrentRow extends Event {
  static readonly type = 'current-row';
  readonly conversation: number;

  constructor(conversation: number) {
    super(CurrentRow.type, { bubbles: true, composed: true });
    this.conversation = conversation;
  }
}

declare global {
  interface HTMLElementEventMap {
    'panel-request': RequestEvent;
    'row-change': RowChange;
    'current-row': CurrentRow;
  }
}
