// A run in its own process, which a test suspends and continues. Arguments: protocol, base URL.
import { defaultSleepWatch } from '../../../src/core/agent/awakeClock.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { testAgent, testRun } from '../runs.ts';
import { faultProtocols } from './faultProtocol.ts';

const [name, baseUrl] = process.argv.slice(2);
const protocol = faultProtocols.find((one) => one.name === name)!;
const provider = protocol.create({ baseUrl: baseUrl!, apiKey: 'key-of-the-test' });
const sleep = { ...defaultSleepWatch, beatMs: 50, sleepMs: 500 };
const run = testRun(testAgent(provider), ['a', 'b', 'c'], { runner: new Runner({ sleep }) });
run.start();
const { counts, conversations } = await run.ended();
const attempts = conversations.map((conversation) => conversation.attempts);
console.log(JSON.stringify({ done: counts.done, attempts, notes: run.state.notes }));
provider.dispose();
