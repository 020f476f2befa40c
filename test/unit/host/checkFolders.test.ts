import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFolders } from '../../../src/host/keptRequest.ts';

const folder = (name: string) => ({ name: 'work', path: name });

describe('The folders of a run that goes on', () => {
  it('are the same on Windows, however their drives and names are spelled', () => {
    const open = [folder('c:\\Users\\me\\Work')];
    checkFolders([folder('C:\\Users\\me\\work\\')], open, path.win32);
    expect(() => checkFolders([folder('D:\\Users\\me\\Work')], open, path.win32)).toThrow(
      'This run was started with the folder D:\\Users\\me\\Work',
    );
  });

  it('are others elsewhere when their capitals are', () => {
    checkFolders([folder('/home/me/work/')], [folder('/home/me/work')], path.posix);
    expect(() =>
      checkFolders([folder('/home/me/Work')], [folder('/home/me/work')], path.posix),
    ).toThrow('Open that folder and resume the run there.');
  });
});
