import DOMPurify from 'dompurify';

/** All elements that an answer may contain. */
export const allowedTags: readonly string[] = [
  ...['p', 'br', 'hr', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['strong', 'em', 's', 'ul', 'ol', 'li', 'a'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

/** All attributes that an answer may have: the target of a link, the start of a list, the alignment of a column. */
export const allowedAttributes: readonly string[] = ['href', 'start', 'class'];

/** All classes that an answer may have. */
export const allowedClasses: ReadonlySet<string> = new Set(['align-center', 'align-right']);

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
      ALLOWED_URI_REGEXP: /^https?:\/\//i,
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
  if (name === 'href') return element === 'a' && /^https?:\/\//i.test(value);
  if (name === 'start') return element === 'ol' && /^\d{1,9}$/.test(value);
  return name === 'class' && (element === 'th' || element === 'td') && allowedClasses.has(value);
}
