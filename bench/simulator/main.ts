// The simulator in a process of its own: tells its parent where it listens, and ends with it.
import { startSimulator } from './server.ts';

async function main(): Promise<void> {
  const { url } = await startSimulator();
  process.on('disconnect', () => process.exit(0));
  process.send?.({ url });
}

void main();
