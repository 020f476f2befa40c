import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** A file that was compiled, and the checksum of its source. */
interface Compiled {
  readonly script: Script;
  readonly sourceSum: number;
}

type Wrapper = (
  exports: object,
  require: (id: string) => unknown,
  module: object,
  filename: string,
  dirname: string,
) => void;

const head = '(function (exports, require, module, __filename, __dirname) {';

/** Checksums of the source and of the compiled code: V8 checks neither. */
const headerBytes = 8;

/**
 * Loads files of the program together with their compiled code from the last time. Node's own compile cache has
 * only what is compiled before a file runs, so that each start compiles most functions again; this one has all that
 * ran.
 *
 * What is in the folder runs as part of the program. A folder that others can write to is therefore not used.
 * Without it, a start only takes longer.
 */
export class CodeCache {
  readonly #folder: string;
  readonly #modules = new Map<string, { readonly exports: object }>();
  readonly #unsaved = new Map<string, Compiled>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The exports of a CommonJS file. What it requires with `./` is loaded in the same way. */
  load(file: string): object {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(file, module);
    const run: Wrapper = this.#compile(file).runInThisContext();
    const folder = path.dirname(file);
    const require = createRequire(file);
    const requireFrom = (id: string): unknown =>
      id.startsWith('./') ? this.load(path.join(folder, id)) : require(id);
    run(module.exports, requireFrom, module, file, folder);
    return module.exports;
  }

  /** Keeps the compiled code of the files that had none. Call it when all that a start needs has run. Never throws. */
  save(): void {
    while (this.saveNext());
  }

  /** The same for one of these files: it takes some ms. False when there is none left. */
  saveNext(): boolean {
    const [next] = this.#unsaved;
    if (next === undefined) return false;
    const [file, compiled] = next;
    this.#unsaved.delete(file);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#write(file, compiled);
    } catch {
      // The next start compiles it again.
    }
    return true;
  }

  #compile(file: string): Script {
    const source = readFileSync(file);
    const sourceSum = crc32(source);
    const cachedData = this.#read(file, sourceSum);
    const script = new Script(`${head}${source.toString()}\n})`, {
      filename: file,
      columnOffset: -head.length,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    // V8 rejects what another version of it has compiled.
    const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
    if (!isKept) this.#unsaved.set(file, { script, sourceSum });
    return script;
  }

  /** Undefined when there is none of this source. */
  #read(file: string, sourceSum: number): Buffer | undefined {
    try {
      if (!isOwn(this.#folder)) return undefined;
      const kept = readFileSync(this.#placeOf(file));
      const code = kept.subarray(headerBytes);
      const isValid = kept.readUInt32LE(0) === sourceSum && kept.readUInt32LE(4) === crc32(code);
      return isValid ? code : undefined;
    } catch {
      return undefined;
    }
  }

  #write(file: string, { script, sourceSum }: Compiled): void {
    if (!isOwn(this.#folder)) return;
    const code = script.createCachedData();
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32LE(sourceSum, 0);
    header.writeUInt32LE(crc32(code), 4);
    const place = this.#placeOf(file);
    const temporary = `${place}.${process.pid}`;
    writeFileSync(temporary, Buffer.concat([header, code]), { mode: 0o600 });
    renameSync(temporary, place);
  }

  #placeOf(file: string): string {
    return path.join(this.#folder, `${path.basename(file, '.js')}.bin`);
  }
}

/** Whether a path is a folder that nobody but this user can write to. Throws when there is none. */
function isOwn(folder: string): boolean {
  const found = lstatSync(folder);
  if (!found.isDirectory()) return false;
  // Windows knows neither owner nor mode here, and the folder is in the user's own profile.
  if (process.getuid === undefined) return true;
  return found.uid === process.getuid() && (found.mode & 0o022) === 0;
}
