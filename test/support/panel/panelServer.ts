import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Theme, themeCss } from './themes.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A loopback server that serves the panel as a webview loads it, and records requests. */
export interface PanelServer {
  readonly origin: string;
  /** Requested paths, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface File {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** Bundles the panel in memory and serves it with the product's content security policy. */
export async function startPanelServer(): Promise<PanelServer> {
  const files = await panelFiles();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://panel');
    requests.push(url.pathname);
    const origin = `http://${request.headers.host ?? ''}`;
    const file = url.pathname === '/' ? page(origin, url.searchParams) : files.get(url.pathname);
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.type ?? 'text/plain',
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, requests, close: () => stop(server) };
}

async function panelFiles(): Promise<ReadonlyMap<string, File>> {
  const bundle = await build({
    absWorkingDir: root,
    entryPoints: ['media/results.ts', 'media/results.css'],
    bundle: true,
    format: 'iife',
    target: 'chrome140',
    minify: true,
    write: false,
    outdir: 'dist',
    tsconfig: 'media/tsconfig.json',
  });
  const files = new Map<string, File>();
  for (const { path, contents } of bundle.outputFiles) {
    const type = path.endsWith('.css') ? 'text/css' : 'text/javascript';
    files.set(`/${path.split('/').at(-1)}`, { type, body: contents });
  }
  const icons = `${root}node_modules/@vscode/codicons/dist/`;
  files.set('/codicon.css', { type: 'text/css', body: await readFile(`${icons}codicon.css`) });
  files.set('/codicon.ttf', { type: 'font/ttf', body: await readFile(`${icons}codicon.ttf`) });
  for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
    files.set(`/${theme}.css`, { type: 'text/css', body: themeCss(theme) });
  }
  return files;
}

function page(origin: string, options: URLSearchParams): File {
  const theme = (options.get('theme') ?? 'dark') as Theme;
  const kind = {
    dark: 'vscode-dark',
    light: 'vscode-light',
    hc: 'vscode-high-contrast',
    hcLight: 'vscode-high-contrast-light',
  }[theme];
  const csp = [
    "default-src 'none'",
    `img-src ${origin}`,
    `style-src ${origin}`,
    `font-src ${origin}`,
    "script-src 'nonce-panel'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<title>Results</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${origin}/${theme}.css">
<link rel="stylesheet" href="${origin}/codicon.css">
<link rel="stylesheet" href="${origin}/results.css">
</head>
<body class="${kind}">
<interleave-results></interleave-results>
<script nonce="panel">${fakeEditor}</script>
<script nonce="panel" src="${origin}/results.js"></script>
</body>
</html>`;
  return { type: 'text/html', body };
}

/** Stands in for VS Code: records the panel's messages and keeps its state across reloads. */
const fakeEditor = `
window.posted = [];
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
});
window.acquireVsCodeApi = () => ({
  postMessage: (message) => window.posted.push(message),
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
});
`;

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
