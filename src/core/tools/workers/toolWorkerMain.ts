import { parentPort } from 'node:worker_threads';
import { createArithmeticTools } from '../arithmetic/arithmeticTools.ts';
import { serveWork } from './serveWork.ts';

if (parentPort !== null) serveWork(parentPort, createArithmeticTools());
