import type { Search } from '../state/search.ts';

const highlightName = 'interleave-search';
/** Texts that are searched: names, previews and details. */
const places = '.name, .preview-text, .tab-panel';
/** More marks would take long to draw, and nobody sees them all. */
const maxMarks = 2_000;

/** Marks what a search found in the drawn rows, without changing the document. */
export function markFound(root: Element, search: Search | undefined): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.delete(highlightName);
  if (search === undefined) return;
  const ranges: Range[] = [];
  for (const place of root.querySelectorAll(places)) {
    for (const range of rangesIn(place, search)) {
      ranges.push(range);
      if (ranges.length === maxMarks) break;
    }
  }
  if (ranges.length > 0) CSS.highlights.set(highlightName, new Highlight(...ranges));
}

/** Scrolls to the first match within an element, if there is one. */
export function showFound(element: Element, search: Search): void {
  const [first] = rangesIn(element, search);
  first?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
}

function* rangesIn(element: Element, search: Search): Generator<Range> {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    for (const [start, end] of search.matches(node.nodeValue ?? '')) {
      const range = new Range();
      range.setStart(node, start);
      range.setEnd(node, end);
      yield range;
    }
  }
}
