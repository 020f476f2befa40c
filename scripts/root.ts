import path from 'node:path';

/** The root folder of this project. */
export const ROOT = path.resolve(import.meta.dirname, '..');
