import * as path from 'node:path';

/** Equal for two spellings of one file: Windows ignores case, also in drive letters. */
export function pathKey(
  file: string,
  flavour: Pick<typeof path, 'resolve' | 'sep'> = path,
): string {
  const whole = flavour.resolve(file);
  return flavour.sep === '\\' ? whole.toLowerCase() : whole;
}
