import { expect, it } from 'vitest';
import { launchOf } from '../../../scripts/launch.ts';

it('starts a program directly', () => {
  const args = ['a b', '"c"'];
  expect(launchOf('/usr/bin/code', args, 'linux')).toEqual({
    command: '/usr/bin/code',
    args,
    windowsVerbatimArguments: false,
  });
  expect(launchOf('C:\\Program Files\\node.EXE', args, 'win32')).toMatchObject({ args });
});

it('starts a batch file with the Windows shell, with spaces in its path and arguments', () => {
  const command = 'C:\\Program Files\\Microsoft VS Code\\bin\\code.cmd';
  const args = ['--extensionDevelopmentPath=D:\\my work\\x', 'D:\\plain\\examples'];
  expect(launchOf(command, args, 'win32', 'cmd.exe')).toEqual({
    command: 'cmd.exe',
    args: [
      '/d',
      '/s',
      '/c',
      `""${command}" "--extensionDevelopmentPath=D:\\my work\\x" D:\\plain\\examples"`,
    ],
    windowsVerbatimArguments: true,
  });
});
