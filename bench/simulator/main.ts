// The simulator in its own process: reports its address to its parent, and exits with it.
import { startSimulator } from './server.ts';

async function main(): Promise<void> {
  const { url } = await startSimulator();
  process.on('disconnect', () => process.exit(0));
  process.send?.({ url });
}

void main();
