import { parentPort } from 'node:worker_threads';
import { createCpuTools } from '../cpuTools.ts';
import { serveWork } from './serveWork.ts';

if (parentPort !== null) serveWork(parentPort, createCpuTools());
