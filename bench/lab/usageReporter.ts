// Loaded before a program (`--require`): writes what the process has used when it exits.
import { writeFileSync } from 'node:fs';
import { type ProcessUsage, usageVariable } from './processUsage.ts';

const file = process.env[usageVariable];
if (file !== undefined) {
  // Children and worker threads of the program do not report.
  delete process.env[usageVariable];
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage: ProcessUsage = {
      cpuMs: (userCPUTime + systemCPUTime) / 1000,
      peakRssBytes: maxRSS * 1024,
    };
    writeFileSync(file, JSON.stringify(usage));
  });
}
