import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';
import { eventually, findExtension, runToEnd } from './support/extension.ts';

/** Names of the extension's bundles that this extension host has loaded, in whatever way. */
async function loadedBundles(): Promise<readonly string[]> {
  const dist = path.join(realpathSync(findExtension().extensionPath), 'dist');
  const files = new Set<string>();
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url } }) =>
    files.add(url.startsWith('file:') ? fileURLToPath(url) : url),
  );
  await session.post('Debugger.enable');
  session.disconnect();
  return [...files]
    .filter((file) => path.dirname(file) === dist)
    .map((file) => path.basename(file))
    .sort();
}

// The file name puts this test before the others, which load more.
describe('Activation', () => {
  it('happens by itself and loads neither the core nor an SDK', async () => {
    const extension = findExtension();
    // Nothing here triggers it: an interrupted run is offered without opening a prompt file.
    await eventually(() => extension.isActive, 'it is active soon after the window starts');
    assert.deepEqual(await loadedBundles(), ['extension.js', 'window.js']);
  });

  it("loads the core and the provider's SDK on the first run only", async () => {
    const { counts } = await runToEnd({
      prompts: [{ text: 'Add 1 and 2.' }],
      options: { provider: 'demo', model: 'demo-fast' },
    });
    assert.equal(counts.done, 1);
    assert.deepEqual(await loadedBundles(), [
      'anthropic-sdk.js',
      'engine.js',
      'extension.js',
      'window.js',
    ]);
  });
});
