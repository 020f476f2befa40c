import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../../shared/thrown.ts';
import { abortable } from '../../base/abortable.ts';
import { clipEnd, quoted, visibleText } from '../../base/text.ts';
import { ToolError } from '../tool.ts';
import type { CheckedHop, HopCheck } from './checkHop.ts';
import { checkHop } from './checkHop.ts';
import type { ContentType } from './contentType.ts';
import { decodeText, isText, readContentType } from './contentType.ts';
import type { FetchLimits } from './fetchLimits.ts';
import type { Connect } from './openPage.ts';
import { openPage } from './openPage.ts';
import { readBody } from './readBody.ts';

/** A page as text. */
export interface FetchedPage {
  /** Where it is, after redirects. */
  readonly url: URL;
  readonly type: ContentType;
  readonly text: string;
  /** Only the beginning was read. */
  readonly isCut: boolean;
}

export interface FetchOptions extends Pick<HopCheck, 'resolve' | 'rulesSay'> {
  readonly connect: Connect;
  readonly limits: FetchLimits;
  readonly signal: AbortSignal;
}

/**
 * Gets a page. Every address on the way is resolved, checked, and asked for at the addresses that were checked.
 * Throws a `ToolError` when there is no page to read.
 */
export async function fetchPage(text: string, options: FetchOptions): Promise<FetchedPage> {
  const { limits, signal } = options;
  const timeout = AbortSignal.timeout(limits.ms);
  const timed = { ...options, signal: AbortSignal.any([signal, timeout]) };
  try {
    return await abortable(follow(text, timed), timed.signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ToolError) throw error;
    if (timeout.aborted) {
      throw new ToolError(`The page did not come within ${limits.ms / 1000} s.`);
    }
    throw new ToolError(
      `The page could not be read: ${quoted(messageOf(error), 200)}. fetch_url connects directly, without a proxy.`,
      { cause: error },
    );
  }
}

async function follow(text: string, options: FetchOptions): Promise<FetchedPage> {
  let hop = await checkHop(text, options);
  for (let redirects = 0; ; redirects++) {
    const response = await openPage(hop, options.connect, options.signal);
    const target = redirectOf(response, hop.url);
    if (target === undefined) return readPage(response, hop, options);
    response.destroy();
    if (redirects === options.limits.redirects) {
      throw new ToolError(
        `The server redirected more than ${redirects} times. The last time to ${quoted(target, 500)}.`,
      );
    }
    hop = await checkHop(target, { ...options, from: hop.url });
  }
}

const redirectCodes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): string | undefined {
  if (!redirectCodes.has(statusCode) || headers.location === undefined) return undefined;
  // Headers are bytes, and addresses in them usually UTF-8.
  const location = Buffer.from(headers.location, 'latin1').toString();
  if (URL.canParse(location)) return location;
  return URL.canParse(location, from.href) ? new URL(location, from).href : location;
}

async function readPage(
  response: IncomingMessage,
  { url }: CheckedHop,
  { limits }: FetchOptions,
): Promise<FetchedPage> {
  const { statusCode = 0, headers } = response;
  const type = readContentType(headers['content-type']);
  if (!isText(type)) {
    response.destroy();
    throw new ToolError(`This is ${quoted(type.name, 100)}, not text. Only text can be fetched.`);
  }
  const { bytes, isCut } = await readBody(response, limits.bytes);
  const text = decodeText(bytes, type);
  if (statusCode < 200 || statusCode > 299) throw refusedError(response, text ?? '');
  if (text === undefined) throw new ToolError('The page is not text. Only text can be fetched.');
  return { url, type, text, isCut };
}

function refusedError({ statusCode, statusMessage }: IncomingMessage, body: string): ToolError {
  const words = clipEnd(visibleText(statusMessage ?? ''), 60);
  const said = clipEnd(visibleText(body, { keepNewlines: true }).trim(), 500);
  const quote = said === '' ? '' : ` It said:\n${said}`;
  return new ToolError(`The server answered ${statusCode} ${words}.${quote}`);
}
