import DOMPurify from 'dompurify';
import { fileReference } from '../../src/shared/fileReference.ts';

/** All elements that an answer may contain. */
export const allowedTags: readonly string[] = [
  ...['p', 'br', 'hr', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['strong', 'em', 's', 'ul', 'ol', 'li', 'a', 'span'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

/** All attributes that an answer may have: the target of a link, the start of a list, the alignment of a column. */
export const allowedAttributes: readonly string[] = ['href', 'start', 'class'];

/** All classes that an answer may have, by element. Those of a `span` are of coloured code and of tasks. */
const allowedClasses: { readonly [element: string]: RegExp } = {
  th: /^align-(?:center|right)$/,
  td: /^align-(?:center|right)$/,
  li: /^task-item$/,
  span: /^(?:hljs-[a-z_-]{1,30}|[a-z]{1,30}_|task-(?:open|done))(?: [a-z]{1,30}_)*$/,
};

/** An address of the web, or what may be a file of the workspace; `fileReference` decides. */
const allowedTargets = /^(?:https?:\/\/|[^:]+(?::[\d:-]+)?(?:#[^:]*)?$)/i;

/** Turns untrusted HTML into elements of the allow-list. */
export type Sanitize = (html: string) => DocumentFragment;

/**
 * Creates a separate sanitizer for `window`, so that nothing else on the page can change its rules. It is a second
 * defence: the Markdown renderer lets no HTML through.
 */
export function createSanitizer(window: Parameters<typeof DOMPurify>[0]): Sanitize {
  const purifier = DOMPurify(window);
  purifier.addHook('afterSanitizeAttributes', keepAllowedValues);
  return (html) => {
    const clean: DocumentFragment | null = purifier.sanitize(html, {
      ALLOWED_TAGS: [...allowedTags],
      ALLOWED_ATTR: [...allowedAttributes],
      ALLOWED_URI_REGEXP: allowedTargets,
      ADD_URI_SAFE_ATTR: ['start'],
      ALLOWED_NAMESPACES: ['http://www.w3.org/1999/xhtml'],
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
      ALLOW_UNKNOWN_PROTOCOLS: false,
      FORBID_CONTENTS: ['style', 'script', 'template', 'svg', 'math', 'noscript', 'iframe'],
      SANITIZE_NAMED_PROPS: true,
      RETURN_DOM_FRAGMENT: true,
    });
    // A frameset replaces the body, and then there is no content.
    return clean ?? new DocumentFragment();
  };
}

function keepAllowedValues(element: Element): void {
  const name = element.localName;
  for (const attribute of [...element.attributes]) {
    if (!isAllowed(name, attribute)) element.removeAttributeNode(attribute);
  }
}

function isAllowed(element: string, { name, value }: Attr): boolean {
  if (name === 'href') return element === 'a' && isTarget(value);
  if (name === 'start') return element === 'ol' && /^\d{1,9}$/.test(value);
  return name === 'class' && allowedClasses[element]?.test(value) === true;
}

function isTarget(value: string): boolean {
  return /^https?:\/\//i.test(value) || fileReference(value) !== undefined;
}
