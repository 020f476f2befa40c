import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodeCache } from '../../../../src/core/base/codeCache.ts';

let work: string;
let folder: string;
beforeEach(() => {
  work = realpathSync(mkdtempSync(path.join(tmpdir(), 'interleave-code-')));
  folder = path.join(work, 'compiled', 'here');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const program = path.join('program', 'start.js');

/** Writes the program's file and returns its path. */
function write(source: string, name = program): string {
  const file = path.join(work, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, source);
  return file;
}

/** Loads it as a start of the program does, which keeps what it compiled. */
function start(file: string): object {
  const cache = new CodeCache(folder);
  const exported = cache.load(file);
  cache.save();
  return exported;
}

describe('A code cache', () => {
  it('loads a file, its parts and other modules, each once', () => {
    write(
      'exports.loads = (globalThis.loadsOfPart = (globalThis.loadsOfPart ?? 0) + 1);',
      'p/a.js',
    );
    const file = write(
      "module.exports = [require('./a.js'), require('./a.js'), require('node:path').sep, __dirname];",
      'p/start.js',
    );
    const cache = new CodeCache(folder);
    const exported = cache.load(file);
    expect(exported).toEqual([{ loads: 1 }, { loads: 1 }, path.sep, path.dirname(file)]);
    expect(cache.load(file)).toBe(exported);
    cache.save();
    expect(readdirSync(folder).sort()).toEqual(['a.bin', 'start.bin']);
  });

  it('writes nothing when all is known', () => {
    const file = write('exports.sum = (a, b) => a + b;');
    start(file);
    const place = path.join(folder, 'start.bin');
    const { ino } = statSync(place);
    expect(start(file)).toHaveProperty('sum');
    expect(statSync(place).ino).toBe(ino);
  });

  it('never runs what was compiled from another source of the same length', () => {
    expect(start(write('exports.version = 1;'))).toEqual({ version: 1 });
    expect(start(write('exports.version = 2;'))).toEqual({ version: 2 });
    expect(start(write('exports.version = 2;'))).toEqual({ version: 2 });
  });

  it('compiles again what is damaged, and replaces it', () => {
    const file = write('exports.list = [1, 2, 3].map((each) => each * 2);');
    start(file);
    const place = path.join(folder, 'start.bin');
    const whole = readFileSync(place);
    for (let at = 0; at < whole.length; at += 17) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8((damaged.readUInt8(at) + 1) % 256, at);
      writeFileSync(place, damaged);
      expect(start(file)).toEqual({ list: [2, 4, 6] });
      expect(readFileSync(place).equals(damaged)).toBe(false);
    }
    for (const length of [0, 7, 8, 9, whole.length - 1]) {
      writeFileSync(place, whole.subarray(0, length));
      expect(start(file)).toEqual({ list: [2, 4, 6] });
    }
  });

  it('works without a folder that can be created', () => {
    writeFileSync(path.join(work, 'compiled'), 'a file');
    expect(start(write('exports.is = true;'))).toEqual({ is: true });
  });

  it('throws what a file throws', () => {
    expect(() => start(write("throw new Error('broken');"))).toThrow('broken');
    expect(() => start(path.join(work, 'missing.js'))).toThrow('ENOENT');
  });

  describe.skipIf(process.platform === 'win32')('of a folder', () => {
    /** Leaves compiled code in a folder that does something else than the file it claims to be of. */
    function plant(place: string): string {
      const cache = new CodeCache(place);
      cache.load(write("exports.is = 'evil';"));
      cache.save();
      const source = "exports.is = 'mine';";
      const bin = path.join(place, 'start.bin');
      const planted = readFileSync(bin);
      planted.writeUInt32LE(crc32(source), 0);
      writeFileSync(bin, planted);
      return write(source);
    }

    it('of the user is used', () => {
      expect(start(plant(folder))).toEqual({ is: 'evil' });
    });

    it('that others can write to is not used', () => {
      const file = plant(folder);
      chmodSync(folder, 0o777);
      expect(start(file)).toEqual({ is: 'mine' });
      rmSync(path.join(folder, 'start.bin'));
      start(file);
      expect(readdirSync(folder)).toEqual([]);
    });

    it('that is a link is not used', () => {
      const elsewhere = path.join(work, 'elsewhere');
      const file = plant(elsewhere);
      mkdirSync(path.dirname(folder), { recursive: true });
      symlinkSync(elsewhere, folder);
      expect(start(file)).toEqual({ is: 'mine' });
      rmSync(path.join(elsewhere, 'start.bin'));
      start(file);
      expect(readdirSync(elsewhere)).toEqual([]);
    });
  });
});
