/** URIs of the panel's files for the webview. */
export interface ResultsHtmlOptions {
  /** The source from which the webview loads local files. */
  readonly cspSource: string;
  /** Random for every load, so that no other script can run. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly codicons: string;
}

/**
 * The page of the results panel. Its content security policy allows only the extension's own files:
 * markup in an answer cannot load, send or run anything.
 */
export function resultsHtml(options: ResultsHtmlOptions): string {
  const { cspSource, nonce, script, style, codicons } = options;
  const policy = [
    "default-src 'none'",
    `img-src ${cspSource}`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Results</title>
  <link id="vscode-codicon-stylesheet" rel="stylesheet" href="${attribute(codicons)}">
  <link rel="stylesheet" href="${attribute(style)}">
</head>
<body>
  <interleave-results></interleave-results>
  <script type="module" nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
