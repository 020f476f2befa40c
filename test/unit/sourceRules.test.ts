import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const files = globSync(['src/**/*.ts', 'media/**/*.ts'], { cwd: root }).map((name) => ({
  name: name.replaceAll('\\', '/'),
  text: readFileSync(path.join(root, name), 'utf8'),
}));

/** Names of the files whose code, without comments, matches. */
function filesWith(pattern: RegExp): readonly string[] {
  const code = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return files.filter(({ text }) => pattern.test(code(text))).map(({ name }) => name);
}

/** Imports of a module that remain after type erasure. */
function runtimeImport(modules: string): RegExp {
  return new RegExp(`^import (?!type )(?:[^;]*?)from '(?:node:)?(?:${modules})'`, 'm');
}

describe('The source', () => {
  it('is scanned completely', () => {
    expect(files.length).toBeGreaterThan(250);
    expect(filesWith(/DOMPurify/)).toContain('media/markdown/sanitizeHtml.ts');
  });

  it.each([
    [
      'turns text into HTML past the sanitiser',
      /\b(?:inner|outer)HTML\b|insertAdjacentHTML|unsafe(?:HTML|SVG|Static)|document\.write|createContextualFragment|setHTMLUnsafe|srcdoc|DOMParser/,
    ],
    [
      'runs text as code',
      /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(|set(?:Timeout|Interval)\(\s*['"`]/,
    ],
    ['sends telemetry', /createTelemetryLogger|TelemetryReporter|applicationinsights/i],
    ['writes to the console', /\bconsole\s*\./],
    [
      'asks the model of another extension to act',
      /lm\.invokeTool|registerMcpServerDefinitionProvider/,
    ],
  ])('nowhere %s', (_what, pattern) => {
    expect(filesWith(pattern)).toEqual([]);
  });

  it('compiles files of the program itself, and no other text', () => {
    expect(filesWith(/['"](?:node:)?vm['"]/)).toEqual(['src/core/base/codeCache.ts']);
    const users = filesWith(runtimeImport("[^\n']*/codeCache\\.ts"));
    expect(users.toSorted()).toEqual(['src/cli/main.ts', 'src/extension.ts']);
  });

  it('reads files of this machine only through `fileAccess`', () => {
    const reader =
      /^import (?!type )[^;]*\b(?:open|openSync|readFile|readFileSync|createReadStream)\b[^;]*from '(?:node:)?fs(?:\/promises)?'/m;
    expect(filesWith(reader).toSorted()).toEqual([
      // The program's own files, and what was compiled from them.
      'src/core/base/codeCache.ts',
      'src/core/base/fileAccess.ts',
      // Creates files; opens existing ones through `fileAccess`.
      'src/core/base/fileSystem.ts',
      // Writes next to the file that it replaces.
      'src/core/export/replaceFile.ts',
      // Reads this process's identity from Linux.
      'src/core/journal/environment.ts',
    ]);
    expect(filesWith(/workspace\.fs\.readFile/).toSorted()).toEqual([
      // The extension's own examples.
      'src/commands/openExamples.ts',
      // File systems other than this machine's.
      'src/host/promptText.ts',
      'src/host/virtualFiles.ts',
    ]);
  });

  it("gives the webview the build's files, scripts, and nothing else", () => {
    const makers = files.filter(({ text }) =>
      /createWebviewPanel\(|WebviewViewProvider/.test(text),
    );
    expect(makers.map(({ name }) => name)).toEqual(['src/views/resultsPanel.ts']);
    const options = makers[0]?.text ?? '';
    for (const wanted of [
      'enableForms: false',
      'enableCommandUris: false',
      'retainContextWhenHidden: false',
      'localResourceRoots: [distOf(extensionUri)]',
    ]) {
      expect(options).toContain(wanted);
    }
    expect(filesWith(/portMapping|enableForms: true|enableCommandUris: true/)).toEqual([]);
    // A Markdown hover could contain links that run commands.
    expect(filesWith(/isTrusted\s*[:=][^=]|supportHtml|MarkdownString/)).toEqual([]);
  });

  it.each([
    [
      'shows messages',
      /show(?:Information|Warning|Error)Message|setStatusBarMessage|withProgress/,
      ['src/host/messages.ts'],
    ],
    [
      'shows quick picks and input boxes',
      /showQuickPick|createQuickPick|showInputBox|createInputBox/,
      ['src/host/picks.ts'],
    ],
    ['creates tree rows', /new (?:vscode\.)?TreeItem\(/, ['src/views/plainItem.ts']],
    [
      'creates status items',
      /createStatusBarItem/,
      ['src/views/approvalsStatusBar.ts', 'src/views/statusBar.ts'],
    ],
    ['makes diagnostics', /new (?:vscode\.)?Diagnostic\(/, ['src/views/documentDiagnostics.ts']],
    ["sets a panel's title", /createWebviewPanel\(/, ['src/views/resultsPanel.ts']],
    // Shows only a number and the outcome of a prompt.
    ['creates code lenses', /new (?:vscode\.)?CodeLens\(/, ['src/views/promptCodeLenses.ts']],
    [
      'sets texts of rows and items',
      /\.(?:tooltip|description|label) = /,
      [
        ...['src/views/approvalsStatusBar.ts', 'src/views/plainItem.ts'],
        ...['src/views/runsTree.ts', 'src/views/statusBar.ts'],
      ],
    ],
  ])('%s in one place, which makes every text plain', (_what, pattern, places) => {
    const found = filesWith(pattern).filter((name) => name.startsWith('src/'));
    expect([...found].sort()).toEqual(places);
    const numbersOnly = ['src/views/runsTree.ts', 'src/views/promptCodeLenses.ts'];
    for (const name of found.filter((one) => !numbersOnly.includes(one))) {
      expect(files.find((file) => file.name === name)?.text, name).toMatch(
        /plain(?:Text|Title|Lines)\(/,
      );
    }
  });

  it('checks trust before a command reads a file', () => {
    const table = files.find(({ name }) => name === 'src/commands/commandTable.ts')?.text ?? '';
    const readers = filesWith(/PromptLibrary|RunRequests|launcher\.run/).filter((name) =>
      name.startsWith('src/commands/'),
    );
    const handlers = readers.flatMap((name) => {
      const text = files.find((file) => file.name === name)?.text ?? '';
      const bodies = text.split(/^export function /m).slice(1);
      return bodies
        .filter((body) => body.includes('launcher.run('))
        .map((body) => /^\w+/.exec(body)?.[0]);
    });
    expect(handlers.sort()).toEqual([
      'pickPrompts',
      'rerunLast',
      'runChanged',
      'runChecked',
      'runFile',
      'runFiles',
      'runItem',
      'runSelection',
    ]);
    for (const handler of handlers) expect(table).toContain(`inTrust(${handler}(services))`);
  });

  it('never loads the texts of the manifest at runtime: only the generator reads them', () => {
    const users = filesWith(/^import (?!type )[^;]*\/contributions\//m);
    expect(users).toEqual([]);
    const within = filesWith(/^import (?!type )[^;]*'\.\/commands\.ts'/m);
    expect(within).toContain('src/host/contributions/contributes.ts');
  });

  it('starts programs only for `run_command`', () => {
    const starters =
      /['"](?:node:)?(?:child_process|cluster)['"]|createTerminal|new vscode\.(?:Shell|Process)Execution/;
    expect(filesWith(starters).toSorted()).toEqual([
      'src/core/tools/command/runInChild.ts',
      'src/host/terminals/commandTerminal.ts',
    ]);
  });

  it('opens connections only in the transport, for `fetch_url`, and in the server probe', () => {
    expect(filesWith(runtimeImport('https?|http2|net|tls|dgram|undici'))).toEqual(
      expect.arrayContaining(['src/core/providers/transport/sendOnce.ts']),
    );
    expect([...filesWith(runtimeImport('https?|http2|net|tls|dgram|undici'))].sort()).toEqual([
      'src/core/base/hostReach.ts',
      'src/core/providers/transport/sendOnce.ts',
      'src/core/providers/transport/transport.ts',
      'src/core/tools/fetch/checkHop.ts',
      'src/core/tools/fetch/openPage.ts',
      'src/demo/server.ts',
    ]);
    const others =
      /(?<![.\w])fetch\s*\(|\bnew (?:WebSocket|XMLHttpRequest|EventSource)\b|sendBeacon/;
    expect(filesWith(others)).toEqual([]);
  });

  it('reads environment variables only in the command line', () => {
    const readers = filesWith(/process\.env/).filter((name) => !name.startsWith('src/cli/'));
    // They keep variables away from the SDKs, and keys away from commands.
    expect([...readers].sort()).toEqual([
      'src/core/providers/transport/sdkClient.ts',
      'src/core/tools/command/commandEnvironment.ts',
      'src/core/tools/command/terminal/commandShellMain.ts',
    ]);
  });

  it('opens external links only after the link check, and through the system', () => {
    expect(filesWith(/openExternal/)).toEqual(['src/views/panelLinks.ts']);
  });

  it('reads secrets in one place and passes no key to a command', () => {
    expect(filesWith(/secrets\b.*\bget\(/)).toEqual(['src/host/credentials.ts']);
    const askers = filesWith(/credentials\.find\(/);
    expect(askers).toEqual(['src/host/providerSource.ts']);
  });

  it('creates runs and asks providers only after the check of workspace trust', () => {
    const makers = filesWith(/\.(?:createRun|restoreRun|listModels|testConnection)\(/);
    const hosts = makers.filter((name) => /^src\/(?:host|commands|views)\//.test(name));
    // The engine, its runs and the connection test do no check themselves; their callers do.
    const guarded = hosts.filter(
      (name) => !/host\/(?:engine|windowRuns|connectionTest)\.ts$/.test(name),
    );
    expect(guarded.length).toBeGreaterThan(2);
    const guards = filesWith(/requireTrust\(/);
    expect(guarded.filter((name) => !guards.includes(name))).toEqual([]);
  });
});

describe('Shared test helpers', () => {
  const helpers = globSync('test/{support,e2e/support,integration/support}/**/*.ts', { cwd: root });

  it.each(helpers)('%s says what it is for', (name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    const [beforeExport = ''] = text.split(/^export /m, 1);
    const code = text.replaceAll(/^import [\s\S]*?;\n/gm, '').trimStart();
    expect(beforeExport.trimEnd().endsWith('*/') || /^\/[/*]/.test(code)).toBe(true);
  });
});
