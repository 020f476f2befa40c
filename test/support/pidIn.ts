import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** The process id that a command writes to a file, once it is there. */
export async function pidIn(file: string): Promise<number> {
  const text = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await expect.poll(text).toMatch(/\d\n/);
  return Number(text());
}
