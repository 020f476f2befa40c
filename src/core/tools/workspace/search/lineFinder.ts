import { RE2JS, RE2JSSyntaxException } from 're2js';
import { sliceWhole } from '../../../base/text.ts';
import { ToolError } from '../../tool.ts';
import type { SearchMatch, SearchQuery } from '../workspace.ts';

/** Max shown length of a matching line, and of its part before the match, in UTF-16 units. */
const maxLineLength = 300;
const contextBefore = 100;

/** The matching lines of a text, each once, at most `max`. */
export type LineFinder = (text: string, max: number) => readonly Omit<SearchMatch, 'path'>[];

/** The index of the next match at or after `from`, or -1. */
export type NextMatch = (from: number) => number;

/** Prepares the search of one text. */
export type TextMatcher = (text: string) => NextMatch;

type Wanted = Pick<SearchQuery, 'text' | 'isRegExp' | 'caseSensitive'>;

/**
 * Prepares a search. It takes linear time, whatever the expression. Throws a `ToolError` for an expression that RE2
 * does not support.
 */
export function createLineFinder(query: Wanted): LineFinder {
  const matcherFor = createTextMatcher(query);
  return (text, max) => matchingLines(text, matcherFor(text), max);
}

/** As `createLineFinder`, for texts that come in pieces. */
export function createTextMatcher(query: Wanted): TextMatcher {
  const { text: wanted, isRegExp, caseSensitive } = query;
  if (!isRegExp && caseSensitive) return (text) => (from) => text.indexOf(wanted, from);
  const expression = compile(isRegExp ? wanted : RE2JS.quote(wanted), caseSensitive);
  const lower = wanted.toLowerCase();
  const isPlain = !isRegExp && /^[\0-\x7f]*$/.test(wanted);
  return (text) => {
    // A faster check for the common case of a file without a match.
    if (isPlain && !text.toLowerCase().includes(lower)) return () => -1;
    const matcher = expression.matcher(text);
    return (from) => (matcher.find(from) ? matcher.start() : -1);
  };
}

function compile(expression: string, caseSensitive: boolean): RE2JS {
  try {
    return RE2JS.compile(
      expression,
      RE2JS.MULTILINE | (caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE),
    );
  } catch (error) {
    const reason = error instanceof RE2JSSyntaxException ? error.getDescription() : 'too complex';
    throw new ToolError(
      `The regular expression is not understood: ${reason}. RE2 has no look-around and no back-references.`,
      { cause: error },
    );
  }
}

/** The matching lines of a text, each once, at most `max`. */
export function matchingLines(text: string, next: NextMatch, max: number): ReturnType<LineFinder> {
  const found: Omit<SearchMatch, 'path'>[] = [];
  let line = 1;
  let lineStart = 0;
  let from = 0;
  while (found.length < max && from <= text.length) {
    const index = next(from);
    // There is no line after the last newline.
    if (index < 0 || (index === text.length && /(?:^|\n)$/.test(text.slice(-1)))) break;
    for (let feed = text.indexOf('\n', lineStart); feed >= 0 && feed < index; ) {
      line += 1;
      lineStart = feed + 1;
      feed = text.indexOf('\n', lineStart);
    }
    const feed = text.indexOf('\n', index);
    const lineEnd = feed < 0 ? text.length : feed;
    const isLong = lineEnd - lineStart > maxLineLength;
    found.push({
      line,
      ...(isLong ? { column: index - lineStart + 1 } : {}),
      text: excerpt(text, lineStart, lineEnd, index),
    });
    from = lineEnd + 1;
  }
  return found;
}

/** A line of a text, or the part of a long one around the match at `index`. */
export function excerpt(text: string, lineStart: number, lineEnd: number, index: number): string {
  if (lineEnd - lineStart <= maxLineLength) return text.slice(lineStart, lineEnd);
  const latestStart = lineEnd - maxLineLength;
  const start = Math.max(lineStart, Math.min(index - contextBefore, latestStart));
  const end = start + maxLineLength;
  const before = start > lineStart ? '…' : '';
  const after = end < lineEnd ? '…' : '';
  return before + sliceWhole(text, start, end) + after;
}
