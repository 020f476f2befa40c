import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const files = globSync(['src/**/*.ts', 'media/**/*.ts'], { cwd: root }).map((name) => ({
  name: name.replaceAll('\\', '/'),
  text: readFileSync(path.join(root, name), 'utf8'),
}));

/** Files in whose code, comments left out, something stands. */
function filesWith(pattern: RegExp): readonly string[] {
  const code = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return files.filter(({ text }) => pattern.test(code(text))).map(({ name }) => name);
}

/** Imports of a module that are left when types are gone. */
function runtimeImport(modules: string): RegExp {
  return new RegExp(`^import (?!type )(?:[^;]*?)from '(?:node:)?(?:${modules})'`, 'm');
}

describe('The source', () => {
  it('is all looked at', () => {
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
      /\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(|set(?:Timeout|Interval)\(\s*['"`]|['"](?:node:)?vm['"]/,
    ],
    [
      'starts a program',
      /['"](?:node:)?(?:child_process|cluster)['"]|createTerminal|new vscode\.(?:Shell|Process)Execution/,
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

  it('reads files of this machine through one gate', () => {
    const reader =
      /^import (?!type )[^;]*\b(?:open|openSync|readFile|readFileSync|createReadStream)\b[^;]*from '(?:node:)?fs(?:\/promises)?'/m;
    expect(filesWith(reader).toSorted()).toEqual([
      'src/core/base/fileAccess.ts',
      // Makes new files, and opens those that are there through the gate.
      'src/core/base/fileSystem.ts',
      // Writes beside a file that it replaces.
      'src/core/export/replaceFile.ts',
      // Asks Linux who this process is.
      'src/core/journal/environment.ts',
    ]);
    expect(filesWith(/workspace\.fs\.readFile/).toSorted()).toEqual([
      // The extension's own examples.
      'src/commands/openExamples.ts',
      // File systems that are not this machine's.
      'src/host/promptText.ts',
    ]);
  });

  it('gives a webview the files of the build, scripts and nothing else', () => {
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
    // A hover in Markdown could hold links that run commands.
    expect(filesWith(/isTrusted\s*[:=][^=]|supportHtml|MarkdownString/)).toEqual([]);
  });

  it.each([
    [
      'shows messages',
      /show(?:Information|Warning|Error)Message|setStatusBarMessage|withProgress/,
      ['src/host/messages.ts'],
    ],
    [
      'lists things to pick and asks for texts',
      /showQuickPick|createQuickPick|showInputBox|createInputBox/,
      ['src/host/picks.ts'],
    ],
    ['makes rows of trees', /new (?:vscode\.)?TreeItem\(/, ['src/views/plainItem.ts']],
    ['makes status items', /createStatusBarItem/, ['src/views/statusBar.ts']],
    ['makes diagnostics', /new (?:vscode\.)?Diagnostic\(/, ['src/views/promptDiagnostics.ts']],
    ['gives a panel its title', /createWebviewPanel\(/, ['src/views/resultsPanel.ts']],
    // It says no more than how many there are and how a prompt has ended.
    ['makes lines above prompts', /new (?:vscode\.)?CodeLens\(/, ['src/views/promptCodeLenses.ts']],
    [
      'sets texts of rows and items',
      /\.(?:tooltip|description|label) = /,
      [...['src/views/plainItem.ts', 'src/views/runsTree.ts', 'src/views/statusBar.ts']],
    ],
  ])('%s in one place, where every text is made plain', (_what, pattern, places) => {
    const found = filesWith(pattern).filter((name) => name.startsWith('src/'));
    expect([...found].sort()).toEqual(places);
    const numbersOnly = ['src/views/runsTree.ts', 'src/views/promptCodeLenses.ts'];
    for (const name of found.filter((one) => !numbersOnly.includes(one))) {
      expect(files.find((file) => file.name === name)?.text, name).toMatch(/plain(?:Text|Lines)\(/);
    }
  });

  it('checks trust before a command reads a file', () => {
    const table = files.find(({ name }) => name === 'src/commands/registerCommands.ts')?.text ?? '';
    const readers = filesWith(/PromptLibrary|LaunchRequest|launcher\.(?:run|last)/).filter((name) =>
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
      'runChecked',
      'runFile',
      'runFiles',
      'runItem',
      'runSelection',
    ]);
    for (const handler of handlers) expect(table).toContain(`inTrust(${handler}(services))`);
  });

  it('opens connections in the transport, to see whether a host is there, and nowhere else', () => {
    expect(filesWith(runtimeImport('https?|http2|net|tls|dgram|undici'))).toEqual(
      expect.arrayContaining(['src/core/providers/transport/sendOnce.ts']),
    );
    expect([...filesWith(runtimeImport('https?|http2|net|tls|dgram|undici'))].sort()).toEqual([
      'src/core/providers/hostReach.ts',
      'src/core/providers/transport/sendOnce.ts',
      'src/core/providers/transport/transport.ts',
      'src/demo/server.ts',
    ]);
    const others =
      /(?<![.\w])fetch\s*\(|\bnew (?:WebSocket|XMLHttpRequest|EventSource)\b|sendBeacon/;
    expect(filesWith(others)).toEqual([]);
  });

  it('reads the environment on the command line only', () => {
    const readers = filesWith(/process\.env/).filter((name) => !name.startsWith('src/cli/'));
    // This one keeps it away from the SDKs.
    expect(readers).toEqual(['src/core/providers/transport/sdkClient.ts']);
  });

  it('opens what is outside only after the check of links, and by the system', () => {
    expect(filesWith(/openExternal/)).toEqual(['src/views/panelLinks.ts']);
  });

  it('hands out no key: secrets are read in one place, which no command gets a key from', () => {
    expect(filesWith(/secrets\b.*\bget\(/)).toEqual(['src/host/credentials.ts']);
    const askers = filesWith(/credentials\.find\(/);
    expect(askers).toEqual(['src/host/providerSource.ts']);
  });

  it('makes runs, and asks providers, only where the folder must be trusted', () => {
    const makers = filesWith(/\.(?:createRun|restoreRun|listModels|testConnection)\(/);
    const hosts = makers.filter((name) => /^src\/(?:host|commands|views)\//.test(name));
    // The engine does as it is told; the connection test is told by the command of its name.
    const guarded = hosts.filter((name) => !/host\/(?:engine|connectionTest)\.ts$/.test(name));
    expect(guarded.length).toBeGreaterThan(2);
    const guards = filesWith(/requireTrust\(/);
    expect(guarded.filter((name) => !guards.includes(name))).toEqual([]);
  });
});
