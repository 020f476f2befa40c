import * as path from 'node:path';

/** What is the same for two spellings of one file: Windows does not tell capitals, also of drives. */
export function pathKey(
  file: string,
  flavour: Pick<typeof path, 'resolve' | 'sep'> = path,
): string {
  const whole = flavour.resolve(file);
  return flavour.sep === '\\' ? whole.toLowerCase() : whole;
}
