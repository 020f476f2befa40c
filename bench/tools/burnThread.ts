import { parentPort } from 'node:worker_threads';
import { serveWork } from '../../src/core/tools/workers/serveWork.ts';
import { burnTool } from './burnTool.ts';

if (parentPort !== null) serveWork(parentPort, [burnTool]);
