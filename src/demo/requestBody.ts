import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../shared/json.ts';
import { RequestFault } from './requestFault.ts';
import { invalid } from './requestFields.ts';

/** Max size of a request in bytes, as in the providers' APIs. */
const maxBodyBytes = 32 * 1024 * 1024;

/**
 * Reads a request's JSON object. Throws a `RequestFault` when the body is no JSON object or too
 * large. Reads a body that is too large to its end without keeping it, so that the client sees the
 * response.
 */
export async function readJsonBody(request: IncomingMessage): Promise<JsonObject> {
  // Browsers send JSON across origins only after a preflight, which this server never allows.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw invalid('content-type: must be application/json.');
  }
  const text = await readText(request);
  const body = parseJson(text);
  if (!isJsonObject(body)) throw invalid('The request body must be a JSON object.');
  return body;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > 4 * maxBodyBytes) break;
    if (size <= maxBodyBytes) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (size > maxBodyBytes) {
    throw new RequestFault('too_large', 'The request body is larger than 32 MB.');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The request body is not valid JSON.');
  }
}
