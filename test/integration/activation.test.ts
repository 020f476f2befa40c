import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { eventually, findExtension, runToEnd } from './support/extension.ts';

/** The bundles of the extension that this extension host has loaded, by name. */
function loadedBundles(): readonly string[] {
  const dist = path.join(realpathSync(findExtension().extensionPath), 'dist');
  return Object.keys(require.cache)
    .filter((file) => path.dirname(file) === dist)
    .map((file) => path.basename(file))
    .sort();
}

// The name of this file puts it before the others, which load more.
describe('Activation', () => {
  it('comes by itself, and loads the extension and nothing of the core or an SDK', async () => {
    const extension = findExtension();
    // Nothing here asks for it: an interrupted run is offered without a prompt file being opened.
    await eventually(() => extension.isActive, 'it is active soon after the window has started');
    assert.deepEqual(loadedBundles(), ['extension.js']);
  });

  it('leaves the core and the SDK of the provider that is asked to the first run', async () => {
    const { counts } = await runToEnd({
      prompts: [{ text: 'Add 1 and 2.' }],
      options: { provider: 'demo', model: 'demo-fast' },
    });
    assert.equal(counts.done, 1);
    assert.deepEqual(loadedBundles(), ['anthropic-sdk.js', 'engine.js', 'extension.js']);
  });
});
