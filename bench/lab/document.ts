import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../scripts/root.ts';

/** The document with the measured tables. */
const documentFile = path.join(ROOT, 'docs/benchmarks.md');

/**
 * Replaces a section of the document: what is between `<!-- measured: name -->` and `<!-- end -->`.
 * Adds when and where it was measured, and the command: `script` with this program's arguments.
 */
export async function writeSection(name: string, script: string, body: string): Promise<void> {
  const text = await readFile(documentFile, 'utf8');
  await writeFile(documentFile, withSection(text, name, `${measuredBy(script)}\n\n${body}`));
  console.error(`wrote "${name}" to docs/benchmarks.md`);
}

/** A document with the body of one section replaced. Throws when it has no such section. */
export function withSection(text: string, name: string, body: string): string {
  const start = `<!-- measured: ${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0) throw new Error(`docs/benchmarks.md has no section "${name}"`);
  return `${text.slice(0, from + start.length)}\n\n${body.trim()}\n\n${text.slice(to)}`;
}

function measuredBy(script: string): string {
  const command = ['npm run', script, '--', ...process.argv.slice(2)].join(' ');
  const date = new Date().toISOString().slice(0, 10);
  const cores = os.availableParallelism();
  return `Measured on ${date}, ${cores} cores, Node ${process.versions.node}, by \`${command}\`.`;
}
