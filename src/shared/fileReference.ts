/** A file that an answer refers to. */
export interface FileReference {
  /** With `/`; relative to a workspace folder, or absolute. Not checked to exist. */
  readonly path: string;
  /** Counts from 1; absent for the file as a whole. */
  readonly line?: number;
}

const place = /^(.+?)(?:#L(\d{1,7})(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|:(\d{1,7})(?:[:-]\d+)*)?$/u;
/** Schemes, queries, other machines, backslashes and control characters name no file of the workspace. */
const noPath = /[:?#\\<>|"\p{Cc}]|^\/\//u;

/** Reads the target of a link as a file: `src/cart.ts`, `src/cart.ts#L2`, `src/cart.ts:2`; undefined if it is none. */
export function fileReference(target: string): FileReference | undefined {
  const [, path = '', hashLine, colonLine] = place.exec(decoded(target)) ?? [];
  const plain = path.replace(/^(?:\.\/)+/, '');
  if (plain === '' || plain.endsWith('/') || noPath.test(plain)) return undefined;
  if (plain.split('/').includes('..')) return undefined;
  const line = Number(hashLine ?? colonLine ?? 0);
  return line > 0 ? { path: plain, line } : { path: plain };
}

const codePath = /^[\p{L}\p{N}_@.+~/-]+\.[A-Za-z]\w{0,9}$/u;

/** The same for code in a sentence: a path with an extension, and with a folder or a line. */
export function fileInCode(text: string): FileReference | undefined {
  const found = fileReference(text);
  if (found === undefined || !codePath.test(found.path)) return undefined;
  return found.line !== undefined || /[^/]\//.test(found.path) ? found : undefined;
}

function decoded(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
