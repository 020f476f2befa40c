import MarkdownIt from 'markdown-it';

/**
 * Max nesting of blocks; deeper ones are left out. A quote counts once, a list twice: for itself and for its
 * item. The parser may look at a line once per level, so this limit keeps hostile texts linear.
 */
const maxLevel = 8;

/** Creates a parser that finds the blocks of a Markdown text. Text within lines is not parsed. */
export function createBlockParser(options: { readonly html: boolean }) {
  const parser = new MarkdownIt({ ...options, maxNesting: Number.POSITIVE_INFINITY });
  parser.core.ruler.enableOnly(['normalize', 'block']);
  // A definition such as `[a]: javascript:x` ends a paragraph even if its link is not allowed.
  parser.validateLink = () => true;
  // The library's own limit (`maxNesting`) would drop the rest of the document with the nested list.
  parser.block.ruler.before('table', 'deepLine', (state, line) => {
    if (state.level < maxLevel) return false;
    state.line = line + 1;
    return true;
  });
  return parser;
}
