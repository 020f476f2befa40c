import { withExplainedErrors } from '../core/providers/api/explainedErrors.ts';
import { isLoopbackOrigin } from '../core/providers/baseUrl.ts';
import type { Provider } from '../core/providers/provider.ts';
import { isUnreachable, ProviderError } from '../core/providers/providerError.ts';

const remoteHosts: { readonly [remoteName: string]: string } = {
  'ssh-remote': 'the remote host (SSH)',
  wsl: 'the Linux system (WSL)',
  'dev-container': 'the container',
  'attached-container': 'the container',
  codespaces: 'the codespace',
  tunnel: 'the remote host (tunnel)',
};

/** Max length of the message with the hint, in UTF-16 units. */
const maxMessage = 1_000;

/**
 * In a remote window, `localhost` is the remote host, because the extension runs there. This adds that
 * explanation to the errors of a loopback server that cannot be reached. `remoteName` is
 * `vscode.env.remoteName`; undefined in a local window.
 */
export function explainLoopback(provider: Provider, remoteName: string | undefined): Provider {
  if (remoteName === undefined || !isLoopbackOrigin(provider.origin)) return provider;
  return withExplainedErrors(provider, (error) => {
    if (!isUnreachable(error)) return error;
    const message = `${error.message} ${loopbackHint(provider.origin, remoteName)}`;
    return new ProviderError(message, { ...error, cause: error, maxMessage });
  });
}

/** Says which machine `localhost` is in a remote window and how to reach a server elsewhere. */
function loopbackHint(origin: string, remoteName: string): string {
  const { hostname, port, protocol } = new URL(origin);
  const host = remoteHosts[remoteName] ?? 'the remote host';
  const number = port || (protocol === 'https:' ? '443' : '80');
  const forward = remoteName === 'ssh-remote' ? ` (ssh -R ${number}:localhost:${number})` : '';
  return `In this window "${hostname}" is ${host}, not your own computer. For a server on your computer, forward its port to ${host}${forward}, set the base URL to a host name that ${host} can reach, or run Interleave locally with the setting remote.extensionKind.`;
}
