import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../shared/json.ts';
import { RequestFault } from './requestFault.ts';
import { invalid } from './requestFields.ts';

/** The largest request, in bytes: what the providers' APIs take. */
const largestBody = 32 * 1024 * 1024;

/**
 * Reads a request's JSON object. Throws a `RequestFault` for what is not one, and for one that is too
 * large; that is still read to its end, so that the client gets to see the answer, but not kept.
 */
export async function readJsonBody(request: IncomingMessage): Promise<JsonObject> {
  // Browsers send JSON across origins only after asking, and this server never says yes.
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
    if (size > 4 * largestBody) break;
    if (size <= largestBody) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (size > largestBody) {
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
