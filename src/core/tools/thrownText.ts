import { clipEnd, visibleText } from '../base/text.ts';

/** Max length of an unexpected error's message for the model, in UTF-16 units. */
const maxLength = 500;

/**
 * The text for the model about a value that a tool threw. The message of a `ToolError` stays unchanged. Of any
 * other error, the model gets the message without the stack and without the folders of absolute paths, which
 * reveal this machine and do not help. `hideKeys` runs before the text is shortened, because it does not recognise
 * a truncated key. Never throws.
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

/** Whether a value is a `ToolError`. Works across bundles, where `instanceof` does not. */
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

/** Shortens absolute paths to their last part. Quoted paths may contain spaces. */
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
