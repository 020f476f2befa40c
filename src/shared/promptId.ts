/**
 * Identity of a prompt, or of one of the conversations that it makes. Its text form, `folder/file.prompts.md#slug`, is
 * the `id` in events, journals, results and views. Only this module formats and parses it.
 */
export interface PromptId {
  /**
   * Path from the workspace folder (after the folder's name where several are open), on the command line
   * from the current folder; with `/` on every platform.
   */
  readonly file: string;
  /** Unique within its file; never has a `#`. */
  readonly slug: string;
  /** The key of its row, where it has data. */
  readonly row?: string;
  /** The model, where the prompt names several. */
  readonly model?: string;
  /** From 1, where it runs several times. */
  readonly repeat?: number;
}

/** The text form: `file#slug`, then `@model`, `[row]` and `[row][repeat]`, as far as they apply. */
export function formatPromptId({ file, slug, row, model, repeat }: PromptId): string {
  const ofModel = model === undefined ? '' : `@${escaped(model)}`;
  const ofRow = row === undefined && repeat === undefined ? '' : `[${escaped(row ?? '')}]`;
  return `${file}#${slug}${ofModel}${ofRow}${repeat === undefined ? '' : `[${repeat}]`}`;
}

/** Parses the text form. A text without `#` is a slug without a file. */
export function parsePromptId(text: string): PromptId {
  const mark = text.lastIndexOf('#');
  const file = text.slice(0, Math.max(0, mark));
  const rest = text.slice(mark + 1);
  const parts = /^([^@[\]]*)(?:@([^@[\]]*))?(?:\[([^[\]]*)\](?:\[(\d{1,9})\])?)?$/.exec(rest);
  if (parts === null) return { file, slug: rest };
  const [, slug = '', model, row, repeat] = parts;
  return {
    ...{ file, slug },
    ...(row === undefined || (row === '' && repeat !== undefined) ? {} : { row: unescaped(row) }),
    ...(model === undefined ? {} : { model: unescaped(model) }),
    ...(repeat === undefined ? {} : { repeat: Number(repeat) }),
  };
}

/** The part of an id that is unique within its file. */
export function withoutFile(text: string): string {
  return text.slice(text.lastIndexOf('#') + 1);
}

/** The characters that separate the parts, and the one that escapes. */
function escaped(text: string): string {
  return text.replace(/[#@[\]%]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

function unescaped(text: string): string {
  return text.replace(/%(23|40|5b|5d|25)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The file name without folders, as in the ids of earlier versions. */
export function fileNameOf({ file }: Pick<PromptId, 'file'>): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** Whether `wanted` can mean `id`: all but the file is equal, and the file's path ends as wanted. */
export function endsWithPromptId(id: PromptId, wanted: PromptId): boolean {
  const isSameFile = id.file === wanted.file || id.file.endsWith(`/${wanted.file}`);
  const rest = (one: PromptId): string => formatPromptId({ ...one, file: '' });
  return isSameFile && rest(id) === rest(wanted);
}
