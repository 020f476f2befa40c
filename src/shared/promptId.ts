/**
 * Which prompt it is. Its text form, `folder/file.prompts.md#slug`, is the `id` in events, journals,
 * results and views; only this module builds it and takes it apart.
 */
export interface PromptId {
  /**
   * Path from the workspace folder (after the folder's name where several are open), on the command line
   * from the current folder; with `/` on every platform.
   */
  readonly file: string;
  /** Unique within its file; never has a `#`. */
  readonly slug: string;
}

export function formatPromptId({ file, slug }: PromptId): string {
  return `${file}#${slug}`;
}

/** Reads the text form. A text without `#` is a slug without a file. */
export function parsePromptId(text: string): PromptId {
  const mark = text.lastIndexOf('#');
  return { file: text.slice(0, Math.max(0, mark)), slug: text.slice(mark + 1) };
}

/** The file without its folders: all that ids of earlier versions have of it. */
export function fileNameOf({ file }: Pick<PromptId, 'file'>): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** Whether a person may mean `id` by `wanted`: the same slug, and the same end of the file's path. */
export function endsWithPromptId(id: PromptId, wanted: PromptId): boolean {
  const isSameFile = id.file === wanted.file || id.file.endsWith(`/${wanted.file}`);
  return isSameFile && id.slug === wanted.slug;
}
