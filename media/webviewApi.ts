import type { FromPanel } from '../src/shared/panelProtocol.ts';
import type { SavedView } from './state/viewState.ts';

/** The editor's side of the webview: the one way out of the panel. */
export interface WebviewApi {
  postMessage(message: FromPanel): void;
  /** What `setState` was given before the panel was hidden or the window reloaded; not trusted. */
  getState(): unknown;
  setState(state: SavedView): void;
}
