import type { TextRange } from './textRange.ts';

/** VS Code's variables of prompt files besides `${input:…}`. */
export const placeVariables = [
  'selection',
  'selectedText',
  'file',
  'fileBasename',
  'fileBasenameNoExtension',
  'fileDirname',
  'fileContent',
  'workspaceFolder',
  'workspaceFolderBasename',
] as const;

export type PlaceVariable = (typeof placeVariables)[number];

/** A piece of a template. The `source` of all pieces together is the text as written. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly source: string }
  | VariablePart
  | ColumnPart
  | FileLink;

/** `${file}`, `${input:name}` and the like. A prompt is not sent while one of them has no value. */
export type VariablePart = Placed &
  (
    | { readonly kind: 'place'; readonly variable: PlaceVariable }
    | { readonly kind: 'input'; readonly name: string; readonly placeholder?: string }
  );

/** `{{name}}`. It stays text unless there is a value of that name. */
export interface ColumnPart extends Placed {
  readonly kind: 'column';
  readonly name: string;
}

/** A link to a file of the workspace, whose text is attached to the prompt. The link itself is sent as written. */
export interface FileLink extends Placed {
  readonly kind: 'link';
  /** As written: relative to the folder of the prompt file, or to the top of the workspace. */
  readonly path: string;
  /** `#file:` asks for the file; a Markdown link may be meant for people only. */
  readonly isRequired: boolean;
}

interface Placed {
  readonly source: string;
  readonly range: TextRange;
}

/** The text of a prompt with its variables and links, in order. */
export type Template = readonly TemplatePart[];

/** The text as written. */
export function templateText(template: Template): string {
  return template.map(({ source }) => source).join('');
}

/** A template without variables. */
export function plainTemplate(text: string): Template {
  return text === '' ? [] : [{ kind: 'text', source: text }];
}
