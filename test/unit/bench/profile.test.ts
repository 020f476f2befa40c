import { describe, expect, it } from 'vitest';
import { type CpuProfile, sourcesOf, summarize } from '../../../bench/lab/profile.ts';

const bundle = [
  '"use strict";',
  '// src/core/journal/write/journalWriter.ts',
  'function append() {}',
  '// a comment of the source',
  '// src/core/providers/transport/sseReader.ts',
  'function read() {}',
  '// node_modules/zod/v4/core.js',
  'function parse() {}',
].join('\n');

const frame = (functionName: string, lineNumber: number, url = 'file:///tmp/cli.cjs') => {
  return { functionName, lineNumber, url };
};

/** The root calls the journal, which calls Node; and Node by itself, which calls the rest. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', -1, ''), children: [2, 4, 8, 9, 10] },
    { id: 2, callFrame: frame('append', 2), children: [3] },
    { id: 3, callFrame: frame('writeSync', 5, 'node:fs') },
    { id: 4, callFrame: frame('onread', 9, 'node:net'), children: [5, 6, 7] },
    { id: 5, callFrame: frame('constructor', 5) },
    { id: 6, callFrame: frame('parse', 7) },
    { id: 7, callFrame: frame('emit', 1, 'node:events') },
    { id: 8, callFrame: frame('(garbage collector)', -1, '') },
    { id: 9, callFrame: frame('(idle)', -1, '') },
    { id: 10, callFrame: frame('(program)', -1, '') },
  ],
  samples: [2, 3, 5, 6, 7, 8, 9, 10, 3],
  timeDeltas: [1000, 2000, 3000, 4000, 5000, 6000, 70_000, 8000, 500],
};

describe('A summary of a profile', () => {
  it('finds the source of every line of a bundle', () => {
    const sources = sourcesOf(bundle);
    expect(sources[0]).toBeUndefined();
    expect(sources[3]).toBe('src/core/journal/write/journalWriter.ts');
    expect(sources[5]).toBe('src/core/providers/transport/sseReader.ts');
  });

  it('gives the time in Node to the room that called it', () => {
    const { busyMs, rooms } = summarize(profile, new Map([['cli.cjs', bundle]]));
    expect(busyMs).toBe(29.5);
    expect(rooms).toEqual([
      { name: 'the system and native code', ownMs: 8, nodeMs: 0 },
      { name: 'garbage collection', ownMs: 6, nodeMs: 0 },
      { name: 'Node without a caller of ours', ownMs: 0, nodeMs: 5 },
      { name: 'the package zod', ownMs: 4, nodeMs: 0 },
      { name: 'core/journal', ownMs: 1, nodeMs: 2.5 },
      { name: 'core/providers/transport', ownMs: 3, nodeMs: 0 },
    ]);
  });

  it('names functions with their file', () => {
    const { functions } = summarize(profile, new Map([['cli.cjs', bundle]]));
    expect(functions.map(({ name }) => name)).toEqual([
      'Node by itself (node:events)',
      'parse (node_modules/zod/v4/core.js)',
      'append (core/journal/write/journalWriter.ts)',
      'constructor (core/providers/transport/sseReader.ts)',
    ]);
  });
});
