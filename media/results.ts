import '@vscode-elements/elements/dist/vscode-badge/vscode-badge.js';
import '@vscode-elements/elements/dist/vscode-textfield/vscode-textfield.js';
import { ClipElement } from './details/clipElement.ts';
import { DetailsElement } from './details/detailsElement.ts';
import { ListElement } from './list/listElement.ts';
import { RowElement } from './list/rowElement.ts';
import { MarkdownElement } from './markdown/markdownElement.ts';
import { ResultsElement } from './panel/resultsElement.ts';
import type { WebviewApi } from './webviewApi.ts';

declare function acquireVsCodeApi(): WebviewApi;

/** Inner elements come first: each must be defined before the element that contains it. */
const elements: readonly (readonly [string, CustomElementConstructor])[] = [
  ['interleave-clip', ClipElement],
  ['interleave-markdown', MarkdownElement],
  ['interleave-details', DetailsElement],
  ['interleave-row', RowElement],
  ['interleave-list', ListElement],
  ['interleave-results', ResultsElement],
];

for (const [name, element] of elements) customElements.define(name, element);
document.querySelector<ResultsElement>('interleave-results')?.connect(acquireVsCodeApi());
