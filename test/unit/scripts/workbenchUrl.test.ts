import { describe, expect, it } from 'vitest';
import { workbenchUrl } from '../../../scripts/vscode/page.ts';

describe("The address of VS Code's window", () => {
  it('encodes folder, extension, tests and token losslessly', () => {
    const url = new URL(
      workbenchUrl({
        authority: '127.0.0.1:4000',
        workspace: '/tmp/a b/&c',
        extension: '/home/x/my ext',
        tests: '/home/x/out/index.js',
        token: 't',
      }),
    );
    expect(url.origin).toBe('http://127.0.0.1:4000');
    expect(url.searchParams.get('folder')).toBe('/tmp/a b/&c');
    expect(url.searchParams.get('tkn')).toBe('t');
    expect(JSON.parse(url.searchParams.get('payload') ?? '')).toEqual([
      ['skipWelcome', 'true'],
      ['extensionDevelopmentPath', 'vscode-remote://127.0.0.1:4000/home/x/my%20ext'],
      ['extensionTestsPath', 'vscode-remote://127.0.0.1:4000/home/x/out/index.js'],
    ]);
  });

  it('has no tests and no token in an interactive window', () => {
    const url = workbenchUrl({ authority: 'h:1', workspace: '/w', extension: '/e' });
    expect(url).not.toContain('extensionTestsPath');
    expect(url).not.toContain('tkn');
  });
});
