/**
 * Identity of a prompt. Its text form, `folder/file.prompts.md#slug`, is the `id` in events, journals,
 * results and views. Only this module formats and parses it.
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

/** Parses the text form. A text without `#` is a slug without a file. */
export function parsePromptId(text: string): PromptId {
  const mark = text.lastIndexOf('#');
  return { file: text.slice(0, Math.max(0, mark)), slug: text.slice(mark + 1) };
}

/** The file name without folders, as in the ids of earlier versions. */
export function fileNameOf({ file }: Pick<PromptId, 'file'>): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** Whether `wanted` can mean `id`: the slugs are equal, and the file's path ends as wanted. */
export function endsWithPromptId(id: PromptId, wanted: PromptId): boolean {
  const isSameFile = id.file === wanted.file || id.file.endsWith(`/${wanted.file}`);
  return isSameFile && id.slug === wanted.slug;
}
