import type { FromPanel } from '../src/shared/panelProtocol.ts';
import type { SavedView } from './state/viewState.ts';

/** VS Code's API in the webview: the only way out of the page. */
export interface WebviewApi {
  postMessage(message: FromPanel): void;
  /** The state last given to `setState`, also after the panel was hidden or the window reloaded. Not trusted. */
  getState(): unknown;
  setState(state: SavedView): void;
}
