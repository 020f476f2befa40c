import { describe, expect, it } from 'vitest';
import type { JournalEnvironment } from '../../../../src/core/journal/environment.ts';
import { judgeLock } from '../../../../src/core/journal/lock/lockFile.ts';
import { acquireLock } from '../../../../src/core/journal/lock/runLock.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  create,
  createMachine,
  failuresOf,
  folder,
  lockPath,
  lossOf,
  processOf,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import type { ManualClock } from '../../../support/manualClock.ts';

function machineWithFolder(pid?: number): TestMachine {
  const machine = createMachine(pid);
  machine.fs.folders.add(folder);
  return machine;
}

async function acquire(machine: TestMachine) {
  return settle(machine, acquireLock(lockPath, machine));
}

async function held(machine: TestMachine) {
  const lock = await acquire(machine);
  if (lock === undefined) throw new Error('It is locked.');
  return lock;
}

/** The same process, but its timers do not fire any more: it was stopped, or hangs. */
function frozen(machine: TestMachine): TestMachine {
  const { now, random } = machine.clock;
  const after = () => ({ dispose: () => undefined });
  const advance = (ms: number) => machine.clock.advance(ms);
  return { ...machine, clock: { now, random, after, advance } as unknown as ManualClock };
}

describe('the lock of a run', () => {
  it('is had by one process at a time', async () => {
    const machine = machineWithFolder(100);
    const other = processOf(machine, 200);
    const lock = await held(machine);
    expect(await acquire(other)).toBeUndefined();
    await lock.release();
    expect(await acquire(other)).toBeDefined();
  });

  it('is had for as long as its process lives', async () => {
    const machine = machineWithFolder(100);
    await held(machine);
    await machine.clock.advance(3_600_000);
    expect(await acquire(processOf(machine, 200))).toBeUndefined();
  });

  it('goes over at once when its process has ended', async () => {
    const machine = machineWithFolder(100);
    await held(frozen(machine));
    machine.alive.delete(100);
    expect(await acquireLock(lockPath, processOf(machine, 200))).toBeDefined();
  });

  it.each([
    [9_999, 'locked'],
    [10_000, 'locked'],
    [10_001, 'acquired'],
  ])('goes over from a process that gives no sign of life for %i ms: %s', async (ms, kind) => {
    const machine = machineWithFolder(100);
    await held(frozen(machine));
    await machine.clock.advance(ms);
    const lock = await acquire(processOf(machine, 200));
    expect(lock === undefined ? 'locked' : 'acquired').toBe(kind);
  });

  it('is watched before it goes over: its process may have slept with the machine', async () => {
    const machine = machineWithFolder(100);
    await held(machine);
    // The clock of the day jumps, as it does when a machine wakes up; timers know nothing of it.
    const other = { ...processOf(machine, 200), wallTime: () => machine.wallTime() + 3_600_000 };
    expect(await settle(machine, acquireLock(lockPath, other))).toBeUndefined();
  });

  it('is never had by two that find it given up at the same time', async () => {
    for (let delay = 0; delay < 120; delay++) {
      const machine = machineWithFolder(100);
      await held(frozen(machine));
      machine.alive.delete(100);
      // One of them is held up for a moment at each step in turn.
      const takers = [200, 300, 400].map((pid, index) =>
        slowed(processOf(machine, pid), () => turns(index === 0 ? delay : 0)),
      );
      const results = await settle(
        machine,
        Promise.all(takers.map((taker) => acquireLock(lockPath, taker))),
      );
      await machine.clock.advance(30_000);
      const locks = results.flatMap((one) => one ?? []);
      const stillHeld = await Promise.all(
        locks.map((lock) =>
          lock.confirm().then(
            () => 1,
            () => 0,
          ),
        ),
      );
      expect(
        stillHeld.reduce<number>((sum, one) => sum + one, 0),
        `delay ${delay}`,
      ).toBe(1);
    }
  });

  it('stays with the process that was faster to take it over', async () => {
    const machine = machineWithFolder(100);
    await held(frozen(machine));
    machine.alive.delete(100);
    const faster = processOf(machine, 200);
    const slower = processOf(machine, 300);
    const gate = Promise.withResolvers<void>();
    const late = acquireLock(
      lockPath,
      slowed(slower, () => gate.promise),
    );
    for (let round = 0; round < 200; round++) await Promise.resolve();
    const lock = await held(faster);
    gate.resolve();
    expect(await settle(machine, late)).toBeUndefined();
    await machine.clock.advance(30_000);
    await lock.confirm();
    expect(machine.fs.text(lockPath)).toContain('"pid":200');
  });

  it('is not taken from the next one by a process that frees it late', async () => {
    const machine = machineWithFolder(100);
    const lock = await held(frozen(machine));
    await machine.clock.advance(11_000);
    const next = await held(processOf(machine, 200));
    await lock.release();
    expect(machine.fs.text(lockPath)).toContain('"pid":200');
    await next.confirm();
  });

  it('is lost by a process that slept until another one took it, before it writes again', async () => {
    const machine = createMachine(100);
    const asleep = frozen(machine);
    const writer = await create({ ...asleep, fs: machine.fs });
    await machine.clock.advance(11_000);
    const next = await held(processOf(machine, 200));
    const failures = failuresOf(writer);
    writer.append({ kind: 'note', text: 'from the dead' });
    expect(await lossOf(machine, writer)).toContain('another window or process has taken it over');
    expect(failures).toMatchObject([{ kind: 'lock_lost', final: true }]);
    expect((await read(machine)).records).toEqual([]);
    await next.confirm();
  });

  it('is noticed as lost within some seconds, and nothing is written after that', async () => {
    const machine = createMachine(100);
    const writer = await create(machine);
    const failures = failuresOf(writer);
    machine.fs.put(lockPath, machine.fs.text(lockPath).replace(/"token":"../, '"token":"XX'));
    await machine.clock.advance(3_000);
    expect(failures).toMatchObject([{ kind: 'lock_lost', final: true }]);
    writer.append({ kind: 'note', text: 'late' });
    await expect(writer.commit()).rejects.toThrow('no longer saved');
    expect(await lossOf(machine, writer)).toContain('no longer saved');
    expect((await read(machine)).records).toEqual([]);
    expect(machine.fs.files.has(lockPath)).toBe(true);
  });

  it('is made again when someone has removed it', async () => {
    const machine = machineWithFolder(100);
    const lock = await held(machine);
    machine.fs.files.delete(lockPath);
    await machine.clock.advance(3_000);
    expect(await acquire(processOf(machine, 200))).toBeUndefined();
    await lock.confirm();
  });

  it('is no use when its folder is removed', async () => {
    const machine = createMachine(100);
    const writer = await create(machine);
    await machine.fs.removeTree(folder);
    await machine.clock.advance(3_000);
    expect(writer.failure?.kind).toBe('lock_lost');
  });

  it.each(['', 'x', '{}', '{"pid":-1}', 'null'])(
    'that says nothing is given up like any other: %j',
    async (content) => {
      const machine = machineWithFolder(100);
      machine.fs.put(lockPath, content);
      expect(await acquire(machine)).toBeUndefined();
      await machine.clock.advance(2_001);
      expect(await acquire(machine)).toBeDefined();
    },
  );

  it('leaves no files behind', async () => {
    const machine = machineWithFolder(100);
    await held(frozen(machine));
    machine.alive.delete(100);
    await (await held(processOf(machine, 200))).release();
    expect([...machine.fs.files.keys()]).toEqual([]);
  });
});

describe('judgeLock', () => {
  const self = { pid: 1, hostName: 'a', boot: 'b', pidSpace: 's' };
  const holder = { ...self, pid: 2, token: 't', since: '' };

  it.each([
    ['another container', { pidSpace: 'other' }, 5_000, false, 'live'],
    ['another container, silent', { pidSpace: 'other' }, 11_000, false, 'silent'],
    ['before the machine was started again', { boot: 'other' }, 11_000, true, 'gone'],
    ['before a very quick start', { boot: 'other' }, 5_000, false, 'live'],
    ['another machine', { hostName: 'other' }, 11_000, false, 'silent'],
    ['ended', {}, 0, false, 'gone'],
    ['alive', {}, 5_000, true, 'live'],
    ['hanging', {}, 11_000, true, 'silent'],
    ['a clock that was set back', {}, -3_600_000, true, 'live'],
  ])('knows a holder that is %s', (_, differs, ageMs, isAlive, verdict) => {
    expect(judgeLock({ ...holder, ...differs }, ageMs, self, () => isAlive)).toBe(verdict);
  });
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** Waits before it renames anything. */
function slowed(machine: TestMachine, wait: () => Promise<void>): JournalEnvironment {
  const fs = new Proxy(machine.fs, {
    get: (target, name) => {
      if (name === 'rename')
        return (from: string, to: string) => wait().then(() => target.rename(from, to));
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { ...machine, fs };
}
