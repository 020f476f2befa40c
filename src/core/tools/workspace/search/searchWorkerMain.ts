import { parentPort } from 'node:worker_threads';
import { serveSearches } from './serveSearches.ts';

if (parentPort !== null) serveSearches(parentPort);
