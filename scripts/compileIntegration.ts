/**
 * `npm run compile:integration`: compiles the tests that run inside VS Code, and gives them a new workspace,
 * for F5.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './root.ts';
import { bundleIntegrationTests } from './test/bundle.ts';
import { copyWorkspace } from './test/integration.ts';

const workspace = path.join(ROOT, 'out/workspace');
await rm(workspace, { recursive: true, force: true });
await copyWorkspace(ROOT, workspace);
console.log(await bundleIntegrationTests(ROOT));
