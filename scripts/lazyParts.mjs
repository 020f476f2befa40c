/**
 * Parts of the extension and the command line that load on first use, each from its own file. The build turns a
 * dynamic import of one of these modules into an import of its file next to the importing bundle.
 */
export const lazyParts = {
  'src/commands/commandTable.ts': 'commands',
  'src/host/engine.ts': 'engine',
  'src/core/providers/anthropic/sdk.ts': 'anthropic-sdk',
  'src/core/providers/openai/sdk.ts': 'openai-sdk',
  'src/core/tools/fetch/htmlMarkdown.ts': 'html-markdown',
  'src/core/tools/javascript/runScript.ts': 'javascript',
  'src/cli/commands.ts': 'cli-commands',
};

/**
 * The lazy part that a module is, by its path in the form of any platform; undefined when it is none.
 * @param {string} file
 * @returns {string | undefined}
 */
export function lazyPartOf(file) {
  const path = file.replaceAll('\\', '/');
  return Object.entries(lazyParts).find(([source]) => path.endsWith(`/${source}`))?.[1];
}
