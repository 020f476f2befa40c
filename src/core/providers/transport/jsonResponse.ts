import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import { parseJson } from '../http/parseJson.ts';
import { ProviderError } from '../providerError.ts';
import { type BodyReading, readBody } from './bodyReader.ts';
import { canUnpack, contentCodingOf } from './contentCoding.ts';
import { isErrorBody } from './errorBody.ts';
import { errorOfBody, readErrorBody, redirectError } from './responseCheck.ts';

/** A list of models is far smaller; nothing larger is read. */
const maxJsonBytes = 4 * 1024 * 1024;

/**
 * Reads a response that is one JSON object; a list counts as one with the field `data`. Throws a
 * `ProviderError` that says what it is otherwise.
 */
export async function readJsonResponse(
  response: IncomingMessage,
  reading: Omit<BodyReading, 'onChunk'>,
): Promise<JsonObject> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    response.destroy();
    throw redirectError(response, reading.context);
  }
  if (status >= 400 || !canUnpack(contentCodingOf(response))) {
    const text = await readErrorBody(response, reading);
    response.destroy();
    throw errorOfBody(text, response, reading.context, 'an API answer');
  }
  const text = await readText(response, reading);
  const value = parseJson(text);
  if (Array.isArray(value)) return { data: value };
  if (isJsonObject(value) && !isErrorBody(value)) return value;
  throw errorOfBody(text, response, reading.context, 'an API answer');
}

async function readText(
  response: IncomingMessage,
  reading: Omit<BodyReading, 'onChunk'>,
): Promise<string> {
  const { host, httpStatus, requestId } = reading.context;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onChunk = (chunk: Buffer): boolean => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= maxJsonBytes) return false;
    throw new ProviderError(`The answer of ${host} is larger than ${maxJsonBytes} bytes.`, {
      kind: 'protocol',
      httpStatus,
      requestId,
      retryable: false,
    });
  };
  await readBody(response, { ...reading, onChunk });
  return Buffer.concat(chunks).toString('utf8');
}
