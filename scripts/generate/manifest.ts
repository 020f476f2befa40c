import { contributes } from '../../src/host/contributions/contributes.ts';
import { restrictedConfigurations } from '../../src/host/contributions/settings/contributedSettings.ts';

interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: object };
}

/** package.json with the contributions of the source. The rest stays, in its order. */
export function withContributions(current: string): string {
  const manifest: Manifest = JSON.parse(current);
  const { capabilities } = manifest;
  const { untrustedWorkspaces } = capabilities;
  const next = {
    ...manifest,
    capabilities: {
      ...capabilities,
      untrustedWorkspaces: {
        ...untrustedWorkspaces,
        restrictedConfigurations: restrictedConfigurations(),
      },
    },
    contributes: contributes(),
  };
  return `${JSON.stringify(next, null, 2)}\n`;
}
