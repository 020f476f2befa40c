import { expect, it } from 'vitest';
import { nodeProblem } from '../../../src/cli/nodeVersion.ts';

it.each(['22.1.0', '22.0.0', '20.20.2', '18.0.0', '9.9.9'])(
  'refuses Node %s and says what to do',
  (version) => {
    expect(nodeProblem(version)).toBe(
      `Interleave needs Node 22.2 or newer; this is Node ${version}. Install a newer version.`,
    );
  },
);

it.each(['22.2.0', '22.12.0', '23.0.0', '24.21.0', '100.0.0-nightly'])(
  'runs on Node %s',
  (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  },
);
