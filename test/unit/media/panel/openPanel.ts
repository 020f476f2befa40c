import { afterEach, beforeAll } from 'vitest';
import { ClipElement } from '../../../../media/details/clipElement.ts';
import { DetailsElement } from '../../../../media/details/detailsElement.ts';
import { ListElement } from '../../../../media/list/listElement.ts';
import { RowElement } from '../../../../media/list/rowElement.ts';
import { MarkdownElement } from '../../../../media/markdown/markdownElement.ts';
import { ResultsElement } from '../../../../media/panel/resultsElement.ts';
import type { SavedView } from '../../../../media/state/viewState.ts';
import type {
  FromPanel,
  PanelRequest,
  RequestAnswer,
  ToPanel,
} from '../../../../src/shared/panelProtocol.ts';
import type { RunScript } from '../../../support/panel/runScript.ts';

/** A panel in jsdom with a fake VS Code. */
export interface TestPanel {
  readonly element: ResultsElement;
  readonly posted: FromPanel[];
  /** The requests so far, without their ids. */
  asked(): readonly PanelRequest[];
  /** Answers a request, by default the last one, and waits until it is drawn. */
  answer(answer: RequestAnswer, request?: number): Promise<void>;
  /** The saved state: set by the panel, and given to it when it opens. */
  saved: SavedView | undefined;
  /** Delivers a message and waits until it is drawn. */
  send(message: ToPanel): Promise<void>;
  /** Waits until everything is drawn. */
  drawn(): Promise<void>;
  rows(): readonly HTMLElement[];
  /** The row of a conversation. Throws if it is not shown. */
  row(conversation: number): HTMLElement;
  /** The text of the first element that matches, on one line; empty when none does. */
  text(selector: string): string;
  /** The first button whose accessible name begins like this. */
  button(label: string, within?: Element): HTMLButtonElement | undefined;
  click(target: Element | null | undefined): Promise<void>;
  /** Opens the row of a conversation with this tab, and returns the tab's text. */
  openTab(conversation: number, tab: string): Promise<string>;
  /** Switches the open row to another tab, and returns its text. */
  switchTo(tab: string): Promise<string>;
  press(key: string, options?: KeyboardEventInit): Promise<void>;
  close(): void;
}

/** Lets the tests of a file open panels, which are closed after each test. */
export function setUpPanels(): void {
  beforeAll(() => {
    stubLayout();
    defineElements();
  });
  afterEach(() => document.body.replaceChildren());
}

/** Gives elements a size, which jsdom does not: the list shows forty rows then. Frames are drawn at once. */
function stubLayout(): void {
  const size = { configurable: true, get: () => 880 };
  Object.defineProperty(HTMLElement.prototype, 'offsetHeight', size);
  Object.defineProperty(HTMLElement.prototype, 'offsetWidth', size);
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', size);
  HTMLElement.prototype.scrollTo = () => undefined;
  HTMLElement.prototype.scrollIntoView = () => undefined;
  // jsdom waits a sixtieth of a second for each frame.
  window.requestAnimationFrame = (draw) => window.setTimeout(() => draw(performance.now()));
  window.cancelAnimationFrame = (frame) => window.clearTimeout(frame);
}

function defineElements(): void {
  customElements.define('interleave-clip', ClipElement);
  customElements.define('interleave-markdown', MarkdownElement);
  customElements.define('interleave-details', DetailsElement);
  customElements.define('interleave-row', RowElement);
  customElements.define('interleave-list', ListElement);
  customElements.define('interleave-results', ResultsElement);
}

/** Adds a panel to the document. It has posted `ready`. */
export function openPanel(saved?: SavedView): TestPanel {
  const element = new ResultsElement();
  const posted: FromPanel[] = [];
  const panel: TestPanel = {
    element,
    posted,
    saved,
    asked: () =>
      posted.flatMap((message) => {
        if (message.type === 'ready') return [];
        const { id: _, ...request } = message;
        return [request];
      }),
    answer: (answer, request = -1) => {
      const ids = posted.flatMap((message) => (message.type === 'ready' ? [] : [message.id]));
      return panel.send({ type: 'answer', id: ids.at(request)!, ...answer });
    },
    send: async (message) => {
      window.dispatchEvent(new MessageEvent('message', { data: structuredClone(message) }));
      await drawn();
    },
    drawn,
    rows: () => [...element.querySelectorAll<HTMLElement>('.row')],
    row: (conversation) => rowOf(element, conversation),
    text: (selector) => {
      const found = element.querySelector(selector)?.textContent ?? '';
      return found.replace(/\s+/g, ' ').trim();
    },
    button: (label, within = element) =>
      [...within.querySelectorAll('button')].find((one) =>
        (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().startsWith(label),
      ),
    openTab: async (conversation, tab) => {
      await panel.click(panel.row(conversation));
      return panel.switchTo(tab);
    },
    switchTo: async (tab) => {
      await panel.click(element.querySelector(`[data-tab="${tab}"]`));
      return panel.text('[role="tabpanel"]');
    },
    click: async (target) => {
      (target as HTMLElement).click();
      await drawn();
    },
    press: async (key, options) => {
      const init = { key, bubbles: true, cancelable: true, composed: true, ...options };
      (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', init));
      await drawn();
    },
    close: () => element.remove(),
  };
  document.body.append(element);
  element.connect({
    postMessage: (message) => posted.push(message),
    getState: () => panel.saved,
    setState: (state) => {
      panel.saved = state;
    },
  });
  return panel;
}

/** Opens a panel that shows a run, or the beginning of it. */
export async function showRun(script: RunScript, count?: number): Promise<TestPanel> {
  const panel = openPanel();
  await panel.send({ type: 'snapshot', run: script.state(count) });
  return panel;
}

function rowOf(element: Element, conversation: number): HTMLElement {
  const row = [...element.querySelectorAll<HTMLElement>('.row')].find(
    (one) => one.querySelector('.index')?.textContent === String(conversation + 1),
  );
  if (row === undefined) throw new Error(`Conversation ${conversation} is not shown`);
  return row;
}

/** Waits some frames: to draw, to measure, and to draw again. */
async function drawn(): Promise<void> {
  for (let frame = 0; frame < 4; frame++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
