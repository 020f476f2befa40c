import { describe, expect, it } from 'vitest';
import { originalsOf } from '../../../../src/core/base/copiedNames.ts';
import { didYouMean, nearMiss } from '../../../../src/core/base/nearMiss.ts';
import { createUlid, isUlid, timeOfUlid } from '../../../../src/core/base/ulid.ts';
import { isShortName, windowsProblem } from '../../../../src/core/base/windowsNames.ts';

describe('a misspelled word', () => {
  const known = ['model', 'maxTurns', 'system-prompt', 'tools', 'run'];

  it.each([
    ['modle', 'model'],
    ['Model', 'model'],
    ['MODELS', 'model'],
    ['max_turns', 'maxTurns'],
    ['max turn', 'maxTurns'],
    ['systemPrompt', 'system-prompt'],
    ['tols', 'tools'],
    ['mdoel', 'model'],
    ['mod', undefined],
    ['mo', undefined],
    ['xyz', undefined],
    ['modelxyz', undefined],
    // In a short word, one letter may be wrong.
    ['ru', 'run'],
    ['ruxx', 'run'],
    ['rxx', undefined],
    ['', undefined],
  ])('%j means %j', (word, meant) => {
    expect(nearMiss(word, known)).toBe(meant);
    expect(didYouMean(word, known)).toBe(meant === undefined ? '' : ` Did you mean "${meant}"?`);
  });

  it('means the nearest of several, and the first of equally near ones', () => {
    expect(nearMiss('abcd', ['abxy', 'abcx', 'abcy'])).toBe('abcx');
  });
});

describe('the names that a copy may be of', () => {
  it.each([
    ...[
      'server.pem.bak',
      'server.pem~',
      'server.pem.orig',
      'server.pem.2',
      'server.pem-2024-01-31',
    ],
    ...['server.pem_backup', 'server.pem copy', 'copy of server.pem', 'backup of server.pem'],
    ...['server copy.pem', 'server (2).pem', 'server.pem.old.bak', '#server.pem#', '.#server.pem'],
    ...['.server.pem.swp', 'server.pem.swp', 'server.pem.tmp1'],
  ])('%s: server.pem', (name) => {
    expect(originalsOf(name)).toContain('server.pem');
    expect(originalsOf(name)[0]).toBe(name);
  });

  it('are only its own when it is none', () => {
    for (const name of ['server.pem', 'backup', 'a', '.env']) {
      expect(originalsOf(name)).toEqual([name]);
    }
  });

  it('are few, however often it was copied', () => {
    expect(originalsOf(`x${'.bak'.repeat(1_000)}`).length).toBeLessThan(20);
  });
});

describe('a name on Windows', () => {
  it.each<readonly [string, RegExp]>([
    ['a\\b', /backslash/],
    ['a:b', /colon/],
    ['a.', /ends in a dot or a space/],
    ['a ', /ends in a dot or a space/],
    ...[
      'con',
      'NUL',
      'prn',
      'aux',
      'com1',
      'LPT9',
      'com²',
      'conin$',
      'CONOUT$',
      'nul.txt',
      'con .x',
    ].map((name) => [name, /names a device/] as const),
    ['PROGRA~1', /8\.3/],
    ['SECRET~1.PEM', /8\.3/],
  ])('%j is refused', (name, words) => {
    expect(windowsProblem(name)).toMatch(words);
  });

  it.each([
    'a',
    'a.b',
    'console',
    'com',
    'com10',
    'xnul',
    'a~b',
    '~1',
    'seventeen~1',
    'a~1.long',
    'a b',
  ])('%j is not', (name) => {
    expect(windowsProblem(name)).toBeUndefined();
    expect(isShortName(name)).toBe(false);
  });
});

describe('an identifier that sorts by time', () => {
  it('says when it was made', () => {
    const times = [0, 1, 31, 32, 1_700_000_000_000, 2 ** 48 - 1];
    expect(times.map((time) => timeOfUlid(createUlid(time)))).toEqual(times);
    expect(timeOfUlid(createUlid(1.7))).toBe(1);
    const ids = times.map((time) => createUlid(time));
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.every(isUlid)).toBe(true);
  });

  it('is different each time, also within a millisecond', () => {
    const ids = Array.from({ length: 200 }, () => createUlid(5));
    expect(new Set(ids).size).toBe(200);
    // Every letter of the alphabet comes up.
    expect(new Set(ids.map((id) => id.slice(10)).join('')).size).toBe(32);
  });

  it.each([
    ...[
      '',
      '01M8NBKA3F8GMSE5K7V9CRKNS',
      '01M8NBKA3F8GMSE5K7V9CRKNS89',
      '81M8NBKA3F8GMSE5K7V9CRKNS8',
    ],
    ...['01m8nbka3f8gmse5k7v9crkns8', '01M8NBKA3F8GMSE5K7V9CRKNSI', '01M8NBKA3F8GMSE5K7V9CRKN/8'],
    ...['../01M8NBKA3F8GMSE5K7V9CRK', '01M8NBKA3F8GMSE5K7V9CRKNS8\n'],
  ])('is not %j', (text) => {
    expect(isUlid(text)).toBe(false);
  });
});
