import { TextDecoder } from 'node:util';

/** What a page is, by its `content-type`. */
export interface ContentType {
  /** `type/subtype` in small letters; empty when the server does not say. */
  readonly name: string;
  readonly charset: string | undefined;
}

export function readContentType(header: string | undefined): ContentType {
  const [name = ''] = (header ?? '').split(';');
  const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(header ?? '')?.[1];
  return { name: name.trim().toLowerCase(), charset };
}

const textTypes =
  /^(?:text\/[\w.+-]+|application\/(?:[\w.-]+\+)?(?:json|xml|yaml)|application\/(?:json5|jsonl|x-ndjson|ndjson|x-yaml|toml|javascript|x-javascript|ecmascript|typescript|graphql|sql|x-sh|x-httpd-php|rtf))$/;

/** Whether a page of this type is text. One without a type may be. */
export function isText({ name }: ContentType): boolean {
  return name === '' || textTypes.test(name);
}

export function isHtml({ name }: ContentType, text: string): boolean {
  if (name === 'text/html' || name === 'application/xhtml+xml') return true;
  return name === '' && /^\s*(?:<!doctype html|<html[\s>])/i.test(text.slice(0, 500));
}

/** The text of a body; undefined when it is none. Bytes that fit no character are replaced. */
export function decodeText(bytes: Buffer, { charset, name }: ContentType): string | undefined {
  const text = decoderOf(charset ?? charsetInside(bytes, name)).decode(bytes);
  return text.includes('\0') ? undefined : text;
}

/** What HTML says of itself at its beginning. */
function charsetInside(bytes: Buffer, name: string): string | undefined {
  if (name !== 'text/html' && name !== '') return undefined;
  const head = bytes.subarray(0, 1024).toString('latin1');
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(head)?.[1];
}

function decoderOf(charset: string | undefined): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    // An unknown name.
    return new TextDecoder();
  }
}
