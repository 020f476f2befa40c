import path from 'node:path';
import picomatch from 'picomatch';

/**
 * Whether a call is among what a preview lists, read from the preview's own words and by other means than
 * the rules' own: what a person who read them would agree to.
 */
export function isListed(covers: readonly string[], { text, ...made }: ListedCall): boolean {
  const [line = '', ...conditions] = covers;
  if (!conditions.every((condition) => isMet(condition, made))) return false;
  const readings: readonly (readonly [RegExp, (found: readonly string[]) => boolean])[] = [
    [/^the command: (.*)$/, ([command = '']) => isCommand(command, text)],
    [/^commands of one or more plain words after: (.*)$/, ([start = '']) => isAfter(start, text)],
    [/^the page (\S+), (.*)$/, ([page = '', query = '']) => isPage(page, query, text, false)],
    [/^all pages below (\S+), (.*)$/, ([page = '', query = '']) => isPage(page, query, text, true)],
    [/^files of the workspace that match: (.*)$/, ([glob = '']) => isFile(glob, text, made.tool)],
    [/^every call of (\S+)$/, ([tool = '']) => tool === made.tool],
  ];
  for (const [form, check] of readings) {
    const found = form.exec(line);
    if (found !== null) return check(found.slice(1));
  }
  return false;
}

/** A call, and who makes it. */
export interface ListedCall {
  readonly tool: string;
  readonly text: string;
  readonly agent: string | undefined;
  readonly isUnattended: boolean;
}

function isMet(condition: string, { agent, isUnattended }: Omit<ListedCall, 'text'>): boolean {
  if (condition === 'only in runs that nobody watches') return isUnattended;
  return agent !== undefined && condition === `only calls of the agent ${agent}`;
}

/** The very text; or the same words, in which nothing acts on a shell. */
function isCommand(command: string, text: string): boolean {
  if (command === text) return true;
  return isHarmless(text) && wordsIn(command) === wordsIn(text);
}

function isAfter(start: string, text: string): boolean {
  const words = wordsIn(text);
  const begin = `${wordsIn(start)} `;
  if (!isHarmless(text) || !words.startsWith(begin)) return false;
  const rest = words.slice(begin.length);
  const leaves = /(?:^|[\s=:,@+/])\.\.(?:[\s=:,@+/]|$)|(?:^|[\s=:,@+])\//;
  return rest !== '' && !leaves.test(rest) && !/(?:^|[\s=/])\.(?:git|env|vscode)\b/i.test(rest);
}

/** Letters, digits, a few marks, spaces; and quotes, in pairs. */
function isHarmless(text: string): boolean {
  return /^(?:[A-Za-z0-9_./:=+@, -]|'[A-Za-z0-9_./:=+@, %^#*?~()[\]{}<>;&|"-]*'|"[A-Za-z0-9_./:=+@, %^#*?~()[\]{}<>;&|'-]*")+$/.test(
    text,
  );
}

/** Words with one space between them, quotes taken away. */
function wordsIn(text: string): string {
  const words = text.match(/(?:'[^']*'|"[^"]*"|[^ ])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2')).join(' ');
}

function isPage(page: string, query: string, text: string, isOpen: boolean): boolean {
  const listed = new URL(page);
  const found = new URL(text);
  const isSame = found.origin === listed.origin && found.username === '' && found.password === '';
  if (!isSame || !/^https?:\/\/[^/@\\]+(?:[/?#]|$)/i.test(text)) return false;
  const path = decodeURIComponent(found.pathname);
  // A name such as `v1..v2` leads nowhere else.
  const leads = path.split('/').includes('..') || /%2e/i.test(text.split(/[?#]/)[0] ?? '');
  if (leads || path.includes('\\') || path.includes('%')) return false;
  const start = decodeURIComponent(listed.pathname);
  const folder = start.endsWith('/') ? start : `${start}/`;
  return (isOpen ? path.startsWith(folder) : path === start) && isQuery(query, text);
}

function isQuery(words: string, text: string): boolean {
  const [, query] = /^[^?#]*(\?[^#]*)?/.exec(text) ?? [];
  if (words.startsWith('with any query, ')) return true;
  if (words === 'without a query') return query === undefined;
  const [, prefix] = /^with any query that begins with (.*)$/.exec(words) ?? [];
  if (prefix !== undefined) return query?.startsWith(`?${prefix}`) === true;
  const [, exact] = /^with the query (.*)$/.exec(words) ?? [];
  return exact !== undefined && query === `?${exact}`;
}

/** Settings of the workspace may be read, and are never written. */
function isFile(glob: string, text: string, tool: string): boolean {
  if (path.posix.isAbsolute(text) || /[\p{Cc}\p{Cf}]/u.test(text)) return false;
  const plain = path.posix.normalize(text).replace(/\/$/, '');
  const kept = tool === 'read_file' ? ['.git', '.env'] : ['.git', '.env', '.vscode'];
  const isKept = plain.split('/').some((name) => kept.includes(name));
  if (plain.startsWith('..') || isKept) return false;
  // The top of the workspace is no file.
  return (
    plain !== '.' && picomatch.isMatch(plain, glob, { dot: true, noextglob: true, nonegate: true })
  );
}
