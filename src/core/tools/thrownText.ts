import { clipEnd, visibleText } from '../base/text.ts';

/** UTF-16 units of an unexpected error's message that a model gets to see. */
const maxLength = 500;

/**
 * What a tool threw, in words for a model. A `ToolError` was written for it and comes as it is; of
 * anything else the message is given without stack and without the folders of absolute paths, for
 * they tell of this machine and help nobody mend a call. Never throws, whatever was thrown. `hideKeys`
 * takes keys out before anything is shortened: half a key would be known for none.
 */
export function thrownText(
  thrown: unknown,
  hideKeys: (text: string) => string = (text) => text,
): string {
  const message = hideKeys(rawMessage(thrown));
  if (isToolError(thrown)) return message === '' ? 'The tool failed without saying why.' : message;
  const first = withoutFolders(clipEnd(withoutStack(message), maxLength * 4)).trim();
  return first === ''
    ? 'The tool failed without saying why.'
    : `The tool failed: ${clipEnd(visibleText(first, { keepNewlines: true }), maxLength)}`;
}

/** Whether an error's message was written for the model. Works across bundles, where classes differ. */
export function isToolError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error && thrown.name === 'ToolError';
  } catch {
    return false;
  }
}

function rawMessage(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown;
    return typeof message === 'string' ? message : `${message}`;
  } catch {
    // An object without a text form, or a getter that throws.
    return '';
  }
}

function withoutStack(message: string): string {
  const stack = message.search(/\n[ \t]{1,8}at /);
  return stack < 0 ? message : message.slice(0, stack);
}

/** Absolute paths shrink to their last part. Quoted ones may hold spaces, others end at a blank. */
function withoutFolders(text: string): string {
  return text
    .replace(/(['"`])(?:file:\/{2,3}|[A-Za-z]:[\\/]|\\\\|\/|~\/)[^'"`\n]*\1/g, (quoted) => {
      const quote = quoted.charAt(0);
      return quote + lastPart(quoted.slice(1, -1)) + quote;
    })
    .replace(/(?<![\w.:/\\-])(?:file:\/{2,3}|[A-Za-z]:[\\/]|\\\\|\/|~\/)[^\s'"`,;()]+/g, lastPart);
}

function lastPart(path: string): string {
  return path.split(/[\\/]+/).findLast((part) => part !== '') ?? '';
}
