import { codeBlock } from '../../shared/codeBlock.ts';
import { messageOf } from '../../shared/thrown.ts';
import type { DiagnosticCode } from './diagnostics.ts';
import { errorAt, warningAt } from './diagnostics.ts';
import type { PromptDiagnostic } from './prompt.ts';
import type { FileLink, PlaceVariable, Template, TemplatePart, VariablePart } from './template.ts';

/** Values by the names of variables and columns. */
export type Values = ReadonlyMap<string, string>;

/** The text of a file of the workspace. */
export interface LinkedFile {
  /** Its workspace path. */
  readonly path: string;
  readonly text: string;
}

/** The files of the workspace, by the rules that tools read them with. */
export interface LinkedFiles {
  /**
   * Reads the first of these paths that there is. Rejects with an error whose message, a whole sentence, says why it
   * may not be read.
   */
  read(paths: readonly string[]): Promise<LinkedFile>;
}

/** What a template is bound to. */
export interface Binding {
  readonly values: Values;
  /** Values of `${file}` and the like that nobody gave; text in double braces never gets them. */
  readonly usual: Values;
  readonly files: LinkedFiles;
  /** The folder of the prompt file, as a workspace path: links are relative to it. */
  readonly folder: string;
}

/** A text with its values, ready to be sent unless something is `open` or a problem is an error. */
export interface BoundText {
  readonly text: string;
  /** The values that it has, by their names. */
  readonly used: Values;
  /** Variables without a value. */
  readonly open: readonly VariablePart[];
  readonly problems: readonly PromptDiagnostic[];
}

/** Puts the values into a template, and attaches the files that it links to. Never rejects. */
export async function bindTemplate(template: Template, binding: Binding): Promise<BoundText> {
  const used = new Map<string, string>();
  const open: VariablePart[] = [];
  const problems: PromptDiagnostic[] = [];
  const texts: string[] = [];
  for (const part of template) {
    const name = valueName(part);
    const value = valueFor(part, binding);
    if (name !== undefined && value !== undefined) used.set(name, value);
    if (part.kind === 'place' && value !== undefined) {
      const placed = await placeValue(part.variable, value, binding).catch((error: unknown) => {
        problems.push(errorAt(part.range, 'file-not-read', messageOf(error)));
        return part.source;
      });
      texts.push(placed);
    } else {
      if (isVariable(part) && value === undefined) open.push(part);
      texts.push(value ?? part.source);
    }
  }
  const attached = await attachments(template, binding, problems);
  return { text: texts.join('') + attached, used, open, problems };
}

/** The value of a variable; undefined where it has none. */
export function valueFor(
  part: TemplatePart,
  { values, usual }: Pick<Binding, 'values' | 'usual'>,
): string | undefined {
  const name = valueName(part);
  if (name === undefined) return undefined;
  return values.get(name) ?? (part.kind === 'place' ? usual.get(name) : undefined);
}

/** The name of the value that a part needs. `${file}`, `${fileBasename}` and so on need one and the same. */
export function valueName(part: TemplatePart): string | undefined {
  switch (part.kind) {
    case 'input':
    case 'column':
      return part.name;
    case 'place':
      return neededBy[part.variable];
    default:
      return undefined;
  }
}

/** Whether a prompt must not be sent while this part has no value. */
export function isVariable(part: TemplatePart): part is VariablePart {
  return part.kind === 'input' || part.kind === 'place';
}

const neededBy: { readonly [V in PlaceVariable]: string } = {
  selection: 'selection',
  selectedText: 'selection',
  file: 'file',
  fileBasename: 'file',
  fileBasenameNoExtension: 'file',
  fileDirname: 'file',
  fileContent: 'file',
  workspaceFolder: 'workspaceFolder',
  workspaceFolderBasename: 'workspaceFolder',
};

async function placeValue(
  variable: PlaceVariable,
  value: string,
  { files }: Binding,
): Promise<string> {
  const [folder, name] = splitPath(value);
  switch (variable) {
    case 'fileContent':
      return (await files.read([value])).text;
    case 'fileBasename':
    case 'workspaceFolderBasename':
      return name;
    case 'fileBasenameNoExtension':
      return name.replace(/(?<=.)\.[^.]*$/, '');
    case 'fileDirname':
      return folder;
    default:
      return value;
  }
}

/** Folder and name of a path of this machine, with either kind of separator. */
function splitPath(file: string): readonly [string, string] {
  const end = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  return [file.slice(0, Math.max(end, 0)), file.slice(end + 1)];
}

/** The files that the template links to, each once, below the text. */
async function attachments(
  template: Template,
  { files, folder }: Binding,
  problems: PromptDiagnostic[],
): Promise<string> {
  const links = template.filter((part) => part.kind === 'link');
  const attached = new Map<string, string>();
  for (const link of links) {
    try {
      const { path, text } = await files.read(candidates(link, folder));
      attached.set(path, text);
    } catch (error) {
      problems.push(linkProblem(link, messageOf(error)));
    }
  }
  if (attached.size === 0) return '';
  const blocks = [...attached].map(([path, text]) => `${path}:\n${codeBlock(text)}`);
  return `\n\nAttached files:\n\n${blocks.join('\n\n')}`;
}

/** A link is relative to its file's folder, else to the top of the workspace. */
function candidates({ path }: FileLink, folder: string): readonly string[] {
  if (/^(?:[\\/]|[a-z]:)/i.test(path)) return [path.replace(/^\/(?=[a-z]:)/i, ''), path.slice(1)];
  return folder === '' ? [path] : [`${folder}/${path}`, path];
}

function linkProblem({ range, isRequired }: FileLink, reason: string): PromptDiagnostic {
  const code: DiagnosticCode = 'file-not-attached';
  return isRequired
    ? errorAt(range, code, `This file cannot be attached: ${reason}`)
    : warningAt(range, code, `This file is not attached: ${reason}`);
}
