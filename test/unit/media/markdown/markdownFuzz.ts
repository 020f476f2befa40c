import { createRenderAnswer } from '../../../../media/markdown/renderAnswer.ts';
import { createSanitizer } from '../../../../media/markdown/sanitizeHtml.ts';
import { type FuzzTarget, fuzzTarget, must, soup } from '../../../support/fuzz/fuzzTarget.ts';
import { hostileMarkdown } from './hostileSamples.ts';

const forbidden =
  'script,img,image,iframe,object,embed,link,meta,base,style,form,input,svg,math,video,audio,template,' +
  '[src],[srcset],[style],[srcdoc],[action],[formaction],[poster],[background],[ping],[id],[name]';

const pieces = [
  ...['<', '>', '</', '"', "'", '=', ' ', '\n', '`', '```', '|', '[x](', ')', '![', ']', '-->'],
  ...['# ', '- ', '> ', '1. ', '**', '&lt;', '&#x', '<a href=', 'javascript:', 'https://'],
  ...hostileMarkdown.filter((sample) => sample.length < 120),
];

/** No scheme, no way out of the folder, and no other machine. */
function isFile(target: string): boolean {
  const path = decodeURIComponent(target).replace(/(?::[\d:-]+|#L[\dCL-]+)$/, '');
  return !/[:\\]|^\/\/|(?:^|\/)\.\.(?:\/|$)/.test(path);
}

/** Checks that Markdown with HTML becomes elements that load, run and submit nothing. */
export function markdownTarget(window: Window & typeof globalThis): FuzzTarget {
  const render = createRenderAnswer(window);
  const sanitize = createSanitizer(window);
  return fuzzTarget('markdown-to-dom', soup(pieces, 8), (text) => {
    const rendered = render(text, false);
    must(rendered.querySelector(`${forbidden},[href]`) === null, 'an element beyond the list');
    for (const element of rendered.querySelectorAll('*')) {
      const odd = [...element.attributes].filter(({ name }) => name.startsWith('on'));
      must(odd.length === 0, 'a handler');
      const target = element.getAttribute('data-target');
      const isFine = target === null || /^https?:\/\//i.test(target) || isFile(target);
      must(isFine, 'a link that is neither an address of the web nor a file');
    }
    // A frameset leaves nothing.
    if (text.includes('<frameset')) return;
    must(sanitize(text).querySelector(forbidden) === null, 'not clean');
  });
}
