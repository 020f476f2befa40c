import DOMPurify from 'dompurify';

/** Every element an answer can consist of. */
export const allowedTags: readonly string[] = [
  ...['p', 'br', 'hr', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['strong', 'em', 's', 'ul', 'ol', 'li', 'a'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

/** Every attribute an answer can have: a link's target, a list's first number, a column's side. */
export const allowedAttributes: readonly string[] = ['href', 'start', 'class'];

/** Every class an answer can ask for. */
export const allowedClasses: ReadonlySet<string> = new Set(['align-center', 'align-right']);

/** Turns hostile HTML into elements of the allow-list. */
export type Sanitize = (html: string) => DocumentFragment;

/**
 * A sanitizer of its own for `window`, so that nothing else on the page can add to its rules.
 * It is the second wall: the Markdown renderer already lets no HTML through.
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
    // A frameset takes the place of the body, and then there is nothing to give.
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
