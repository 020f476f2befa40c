import { expect, it } from 'vitest';
import { launchOf } from '../../../scripts/launch.ts';

it('starts a program as it is', () => {
  const args = ['a b', '"c"'];
  expect(launchOf('/usr/bin/code', args, 'linux')).toEqual({
    command: '/usr/bin/code',
    args,
    windowsVerbatimArguments: false,
  });
  expect(launchOf('C:\\Program Files\\node.EXE', args, 'win32')).toMatchObject({ args });
});

it('has the shell of Windows start a batch file, blanks in its path and arguments kept', () => {
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
