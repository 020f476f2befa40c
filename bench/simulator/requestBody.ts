import type { IncomingMessage } from 'node:http';

/** Reads a request's body to its end. Never calls back when the client disconnects first. */
export function readBody(request: IncomingMessage, onText: (text: string) => void): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  request.on('data', (chunk: Buffer) => {
    if (first === undefined) first = chunk;
    else {
      chunks ??= [first];
      chunks.push(chunk);
    }
  });
  request.on('end', () => {
    const body = chunks === undefined ? first : Buffer.concat(chunks);
    onText(body?.toString('utf8') ?? '');
  });
}
