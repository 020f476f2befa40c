import { describe, expect, it } from 'vitest';
import { renameFile } from '../../../../src/core/base/renameFile.ts';
import { createMachine, settle } from '../../../support/journal/testEnvironment.ts';

function machineThatRefuses(times: number, code: string) {
  const machine = createMachine();
  machine.fs.put('/a/from', 'x');
  let left = times;
  machine.fs.fault = (operation) => (operation === 'rename' && left-- > 0 ? code : undefined);
  return machine;
}

describe('renaming a file', () => {
  it.each(['EPERM', 'EBUSY', 'EACCES'])(
    'is tried ten times while it is refused: %s',
    async (code) => {
      const machine = machineThatRefuses(9, code);
      await settle(machine, renameFile(machine, '/a/from', '/a/to'));
      expect(machine.fs.text('/a/to')).toBe('x');
      expect(machine.clock.now()).toBeLessThanOrEqual(10 * 500);
    },
  );

  it('is given up after ten times', async () => {
    const machine = machineThatRefuses(10, 'EBUSY');
    await expect(settle(machine, renameFile(machine, '/a/from', '/a/to'))).rejects.toThrow('EBUSY');
    expect(machine.fs.count('rename', '/a/from')).toBe(10);
  });

  it('is not tried again for anything else', async () => {
    const machine = machineThatRefuses(1, 'EROFS');
    await expect(settle(machine, renameFile(machine, '/a/from', '/a/to'))).rejects.toThrow('EROFS');
    expect(machine.fs.count('rename', '/a/from')).toBe(1);
  });
});
