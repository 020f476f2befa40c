/** Why a file cannot be used, whatever its permissions. */
export type FileProblem = 'folder' | 'special' | 'link' | 'outside' | 'too large' | 'moved';

/** A file that is not opened or not read. The message completes `<name of the file> …`. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
  readonly problem: FileProblem;

  constructor(problem: FileProblem, message: string = problemTexts[problem]) {
    super(message);
    this.problem = problem;
  }
}

const problemTexts: { readonly [P in FileProblem]: string } = {
  folder: 'is a folder',
  special: 'is a pipe, a socket or a device, not a regular file; it was not read',
  link: 'is a link; it was not followed',
  outside: 'is a link to a file outside this folder; it was not read',
  'too large': 'is too large; it was not read',
  moved: 'changed while it was being opened',
};
