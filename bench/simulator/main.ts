// The simulator in its own process: reports its addresses to its parent, and exits with it. Its
// arguments are the files of a certificate and its key.
import { readFileSync } from 'node:fs';
import { startSimulator } from './server.ts';
import { defaultSettings } from './settings.ts';

async function main(): Promise<void> {
  const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key };
  const { url, tlsUrl } = await startSimulator(defaultSettings, certificate);
  process.on('disconnect', () => process.exit(0));
  process.send?.({ url, tlsUrl });
}

void main();
