// `npm run compile:integration`: compiles the tests that run inside VS Code, for F5.
import { ROOT } from './root.ts';
import { bundleIntegrationTests } from './test/bundle.ts';

console.log(await bundleIntegrationTests(ROOT));
