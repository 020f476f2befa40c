import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { TestMachine } from './testEnvironment.ts';
import { folder, root } from './testEnvironment.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/journals');

/** Puts a run of the fixtures on the disk of a machine in memory: `version2/finished`, for one. */
export function putFixture(machine: TestMachine, name: string): void {
  const source = path.join(fixtures, name);
  machine.fs.folders.add(root).add(folder);
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    const copy = path.join(source, file);
    if (statSync(copy).isFile()) machine.fs.put(path.join(folder, file), readFileSync(copy));
  }
}
