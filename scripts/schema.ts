// `npm run schema`: writes the published JSON Schema of a run's result.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resultJsonSchema } from '../src/core/export/resultSchema.ts';
import { ROOT } from './root.ts';

const target = path.join(ROOT, 'docs', 'run-result.schema.json');
await mkdir(path.dirname(target), { recursive: true });
await writeFile(target, `${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
