/** In place of the command line's own: nothing is saved. */
export async function openArchive(): Promise<undefined> {
  return undefined;
}
