const listMarker = /^(?:[-*+•]|\d+[.)])\s+/;
const heading = /^(?:#+|>)\s+/;
const endsSentence = /[.:!?;]$/;
const startsNewSentence = /^[^\p{Ll},+*/^)÷×−-]/u;
const leavesOpen = /(?:[,:(+*/^÷×−-]|\b(?:and|by|from|into|of|the|then|to|plus|minus|times))$/i;

/**
 * Joins a prompt's lines into one: removes list markers, joins continuation lines, and starts a new
 * sentence for every other line.
 */
export function joinLines(text: string): string {
  let joined = '';
  let inList = false;
  for (const raw of text.split('\n')) {
    const trimmed = raw.trim().replace(heading, '');
    const mayBeItem: boolean =
      joined === '' || inList || endsSentence.test(joined) || joined.endsWith('\n');
    const isItem: boolean = mayBeItem && listMarker.test(trimmed);
    const line = isItem ? trimmed.replace(listMarker, '') : trimmed;
    joined += joint(joined, line) + line;
    if (line === '') joined = joined.trimEnd() + (joined === '' ? '' : '\n');
    inList = isItem;
  }
  return joined;
}

function joint(before: string, line: string): string {
  if (before === '' || line === '') return '';
  if (leavesOpen.test(before)) return ' ';
  if (isOneNumber(line) && /\d$/.test(before)) return ', ';
  return startsNewSentence.test(line) ? '; ' : ' ';
}

function isOneNumber(line: string): boolean {
  return /^-?[\d.,]+$/.test(line);
}
