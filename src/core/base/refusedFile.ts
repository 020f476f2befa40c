/** Why a file is not opened, whatever its permissions. */
export type FileRefusal = 'folder' | 'special' | 'link' | 'outside' | 'too large' | 'moved';

/** A file that is not opened. The message completes `<name of the file> …`. */
export class RefusedFileError extends Error {
  override readonly name = 'RefusedFileError';
  readonly refusal: FileRefusal;

  constructor(refusal: FileRefusal, message: string = refusalTexts[refusal]) {
    super(message);
    this.refusal = refusal;
  }
}

const refusalTexts: { readonly [R in FileRefusal]: string } = {
  folder: 'is a folder',
  special: 'is a pipe, a socket or a device, not a regular file; it was not read',
  link: 'is a link; it was not followed',
  outside: 'is a link to a file outside this folder; it was not read',
  'too large': 'is too large; it was not read',
  moved: 'changed while it was being opened',
};
