/** An address as servers of all kinds might understand it, for rules that deny or ask. */
export interface LooseUrl {
  readonly host: string;
  readonly port: number;
  /** The path as it is sent and as it is after decoding, in small letters. */
  readonly paths: readonly string[];
  readonly query: string | undefined;
}

/** Decoding more often than this finds nothing that a server would. */
const mostDecodings = 3;

/** Reads an address generously; undefined when it is none. */
export function readLooseUrl(text: string): LooseUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const standardPort = url.protocol === 'https:' ? 443 : 80;
  return {
    host: url.hostname.replace(/\.+$/, ''),
    port: url.port === '' ? standardPort : Number(url.port),
    paths: pathsOf(url.pathname),
    query: url.search === '' ? undefined : url.search.slice(1),
  };
}

/** A path with its dots folded, without parameters and doubled slashes, in small letters. */
export function loosePath(path: string): string {
  const segments: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    const name = part.split(';')[0] ?? '';
    if (name === '..') segments.pop();
    else if (name !== '' && name !== '.') segments.push(name.toLowerCase());
  }
  return `/${segments.join('/')}`;
}

function pathsOf(pathname: string): readonly string[] {
  const paths = [pathname];
  for (let count = 0; count < mostDecodings; count++) {
    paths.push((paths.at(-1) ?? '').replace(/%[0-9a-f]{2}/gi, decodeByte));
  }
  return [...new Set(paths.map(loosePath))];
}

function decodeByte(encoded: string): string {
  return String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
}
