/** Right-to-left scripts. */
const rightToLeft = [
  ...['Adlam', 'Arabic', 'Hanifi_Rohingya', 'Hebrew', 'Mandaic', 'Mende_Kikakui', 'Nko'],
  ...['Samaritan', 'Syriac', 'Thaana'],
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');

const firstLetter = /\p{L}/u;
const rightToLeftLetter = new RegExp(`^[${rightToLeft}]$`, 'u');

/** Elements that are one paragraph: the browser takes the direction of their first letter. */
const paragraphs = 'p, h2, h3, h4, h5, h6, th, td';
/** Elements with a side: for their list marks, their line or their first column. */
const containers = 'ul, ol, blockquote, table';

/**
 * Gives every paragraph the direction of its own text, and every list, quote and table that of its first letter.
 * Code is left to right and is ignored.
 */
export function setDirections(fragment: DocumentFragment): void {
  for (const code of fragment.querySelectorAll<HTMLElement>('pre, code')) code.dir = 'ltr';
  for (const block of fragment.querySelectorAll<HTMLElement>(paragraphs)) block.dir = 'auto';
  for (const container of fragment.querySelectorAll<HTMLElement>(containers)) {
    container.dir = isRightToLeft(container) ? 'rtl' : 'ltr';
  }
}

function isRightToLeft(element: Element): boolean {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const letter = firstLetter.exec(node.nodeValue ?? '')?.[0];
    if (letter === undefined || node.parentElement?.closest('code') !== null) continue;
    return rightToLeftLetter.test(letter);
  }
  return false;
}
