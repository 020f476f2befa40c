import type { FromPanel } from '../../src/shared/panelProtocol.ts';
import type { OpenRow } from '../state/viewState.ts';

/** Asks the extension host for something; the panel's root passes it on. */
export class PanelRequest extends Event {
  static readonly type = 'panel-request';
  readonly message: FromPanel;

  constructor(message: FromPanel) {
    super(PanelRequest.type, { bubbles: true, composed: true });
    this.message = message;
  }
}

/** A row was expanded (`row` says how it shows), changed its tab, or was collapsed. */
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

/** Another row became the one the keyboard acts on. */
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
    'panel-request': PanelRequest;
    'row-change': RowChange;
    'current-row': CurrentRow;
  }
}
