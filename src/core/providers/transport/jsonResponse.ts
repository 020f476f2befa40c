import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject, parseJson } from '../../../shared/json.ts';
import { ProviderError } from '../providerError.ts';
import { type BodyOptions, readBody } from './bodyReader.ts';
import { collectBody } from './bodyText.ts';
import { canDecompress, contentCodingOf } from './contentCoding.ts';
import { isErrorBody } from './errorBody.ts';
import { errorOfBody, readErrorBody, refuseRedirect } from './responseCheck.ts';

/** Much larger than any list of models. */
const maxJsonBytes = 4 * 1024 * 1024;

/**
 * Reads a response that is one JSON object; a list is wrapped as its field `data`. Throws a
 * `ProviderError` for anything else.
 */
export async function readJsonResponse(
  response: IncomingMessage,
  reading: BodyOptions,
): Promise<JsonObject> {
  refuseRedirect(response, reading.context);
  const isError = (response.statusCode ?? 0) >= 400;
  if (isError || !canDecompress(contentCodingOf(response))) {
    const text = await readErrorBody(response, reading);
    response.destroy();
    throw errorOfBody(text, response, reading.context);
  }
  const text = await readText(response, reading);
  const value = parseJson(text);
  if (Array.isArray(value)) return { data: value };
  if (isJsonObject(value) && !isErrorBody(value)) return value;
  throw errorOfBody(text, response, reading.context);
}

async function readText(response: IncomingMessage, reading: BodyOptions): Promise<string> {
  const { host, httpStatus, requestId } = reading.context;
  const body = collectBody(maxJsonBytes, () => {
    const message = `The answer of ${host} is larger than ${maxJsonBytes} bytes.`;
    return new ProviderError(message, {
      kind: 'protocol',
      httpStatus,
      requestId,
      retryable: false,
    });
  });
  await readBody(response, { ...reading, onChunk: body.onChunk });
  return body.text();
}
