import type markdownIt from 'markdown-it';
import { fileInCode, fileReference } from '../../src/shared/fileReference.ts';

type Tokens = ReturnType<InstanceType<typeof markdownIt>['parse']>;
type Token = Tokens[number];

/** A path with a line in plain text: `src/cart.ts:2`. */
const pathWithLine = /(?<![\p{L}\p{N}_@.+~/:-])[\p{L}\p{N}_@.+~/-]+\.[A-Za-z]\w{0,9}:\d{1,7}\b/gu;

/** Turns code and text that name a file, outside of links, into links to it. */
export function linkFiles(tokens: Tokens): void {
  for (const token of tokens) {
    const { children } = token;
    if (children === null) continue;
    let depth = 0;
    token.children = children.flatMap((child) => {
      depth += { link_open: 1, link_close: -1 }[child.type] ?? 0;
      if (depth > 0) return [child];
      if (child.type === 'text') return linkedText(child);
      const isFile = child.type === 'code_inline' && fileInCode(child.content) !== undefined;
      return isFile ? linked(child, child.content) : [child];
    });
  }
}

function linkedText(token: Token): Token[] {
  const parts: Token[] = [];
  let at = 0;
  for (const { 0: found, index } of token.content.matchAll(pathWithLine)) {
    if (fileReference(found) === undefined) continue;
    parts.push(textLike(token, token.content.slice(at, index)));
    parts.push(...linked(textLike(token, found), found));
    at = index + found.length;
  }
  return at === 0 ? [token] : [...parts, textLike(token, token.content.slice(at))];
}

function linked(token: Token, target: string): Token[] {
  const open = like(token, 'link_open', 'a', 1);
  open.attrSet('href', encodeURI(target));
  return [open, token, like(token, 'link_close', 'a', -1)];
}

/** Marks list items that begin with `[ ]` or `[x]` as tasks. */
export function markTasks(tokens: Tokens): void {
  for (let at = 2; at < tokens.length; at++) {
    const [item, paragraph, inline] = tokens.slice(at - 2, at + 1);
    const isItem = item?.type === 'list_item_open' && paragraph?.type === 'paragraph_open';
    const [first] = (isItem && inline?.children) || [];
    const [mark, done] = /^\[([ xX])\]\s+/.exec(first?.type === 'text' ? first.content : '') ?? [];
    if (!inline?.children || item === undefined || first === undefined || mark === undefined)
      continue;
    item.attrSet('class', 'task-item');
    first.content = first.content.slice(mark.length);
    inline.children.unshift(like(first, done === ' ' ? 'task_open' : 'task_done', 'span', 0));
  }
}

function textLike(token: Token, content: string): Token {
  const text = like(token, 'text', '', 0);
  text.content = content;
  return text;
}

function like(other: Token, type: string, tag: string, nesting: number): Token {
  const token = Reflect.construct(other.constructor, [type, tag, nesting]) as Token;
  token.level = other.level;
  return token;
}
