/**
 * Files that follow from tables in the source. `npm run generate` writes them; `npm run generated` writes
 * nothing and fails where one of them is not as it would be written.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { changedLines } from './generate/changedLines.ts';
import { generatedFiles } from './generate/generatedFiles.ts';
import { ROOT } from './root.ts';

async function main(args: readonly string[]): Promise<number> {
  const isCheck = args.includes('--check');
  let differing = 0;
  for (const { file, generate } of generatedFiles) {
    const target = path.join(ROOT, file);
    const current = (await readFile(target, 'utf8')).replaceAll('\r\n', '\n');
    const wanted = generate(current);
    if (wanted === current) continue;
    differing += 1;
    if (isCheck)
      console.error(`${file} is not as the source says:\n${changedLines(current, wanted)}`);
    else await writeFile(target, wanted);
  }
  if (isCheck && differing > 0) console.error('To write it: npm run generate');
  return isCheck && differing > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
