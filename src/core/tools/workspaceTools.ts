import * as z from 'zod';
import { formatBytes, plural } from '../../shared/quantities.ts';
import { formatSize } from '../base/limitValues.ts';
import { clipEnd, visibleText } from '../base/text.ts';
import type { Tool } from './tool.ts';
import { defineTool, ToolError } from './tool.ts';
import type { ToolLimits } from './toolLimits.ts';
import { defaultToolLimits } from './toolLimits.ts';
import type { FileText, SearchFindings, Workspace } from './workspace.ts';

const anyPath = z.string().max(4096);
const pattern = z
  .string()
  .min(1)
  .max(500)
  .optional()
  .describe(
    'Glob of the files that are meant, such as **/*.ts or src/**/*.{js,ts}. Without a slash it is matched against file names in all folders.',
  );

/** `read_file`, `list_files` and `search_text` over a workspace. They change nothing. */
export function createWorkspaceTools(
  workspace: Workspace,
  limits: ToolLimits = defaultToolLimits,
): readonly Tool[] {
  return [readFileTool, listFilesTool, searchTextTool].map((create) => create(workspace, limits));
}

function readFileTool(workspace: Workspace, limits: ToolLimits): Tool {
  return defineTool({
    name: 'read_file',
    description: `Reads a text file of the workspace, or some of its lines. Returns at most ${count(limits.fileLines)} lines at a time and says with which line to go on.`,
    effect: 'read',
    inputSchema: z.strictObject({
      path: anyPath.min(1).describe('The file, relative to the top of the workspace, with /.'),
      startLine: z.int().min(1).optional().describe('First line, counted from 1.'),
      endLine: z.int().min(1).optional().describe('Last line, included.'),
    }),
    execute: async ({ path, startLine = 1, endLine = Infinity }, { signal }) => {
      if (endLine < startLine) throw new ToolError('endLine must not be before startLine.');
      const file = await workspace.readText(path, signal);
      return formatLines(file, { startLine, endLine }, limits);
    },
  });
}

function listFilesTool(workspace: Workspace, limits: ToolLimits): Tool {
  return defineTool({
    name: 'list_files',
    description:
      'Lists what is in a folder of the workspace, folders with a / at the end; with a pattern, the files that match it in the folder and all folders below. Symbolic links and node_modules are left out.',
    effect: 'read',
    inputSchema: z.strictObject({
      path: anyPath.optional().describe('The folder; the top of the workspace when absent.'),
      pattern,
    }),
    execute: async (input, { signal }) => {
      const query = { path: input.path ?? '', ...patternOf(input) };
      const { paths, isCut } = await workspace.list(query, signal);
      if (paths.length === 0 && !isCut) {
        return input.pattern === undefined ? 'The folder is empty.' : 'No file matches.';
      }
      const shown = withinLength(
        paths.map((path) => visibleText(path)),
        limits,
      );
      const isComplete = shown.length === paths.length && !isCut;
      const note = `[The first ${count(shown.length)} only. Narrow the list by a path or a pattern.]`;
      return isComplete ? shown.join('\n') : [...shown, '', note].join('\n');
    },
  });
}

function searchTextTool(workspace: Workspace, limits: ToolLimits): Tool {
  const { matches, fileBytes } = limits.search;
  return defineTool({
    name: 'search_text',
    description: `Searches the text files of the workspace line by line. Returns up to ${count(matches)} matching lines as path:line: text. Files over ${formatSize(fileBytes)}, binary files, symbolic links and node_modules are left out.`,
    effect: 'read',
    inputSchema: z.strictObject({
      query: z.string().min(1).max(1000).describe('The text, or the regular expression.'),
      isRegExp: z
        .boolean()
        .optional()
        .describe('Takes query as a regular expression in RE2 syntax. False when absent.'),
      path: anyPath.optional().describe('A folder or a file; the whole workspace when absent.'),
      pattern,
      caseSensitive: z.boolean().optional().describe('False when absent.'),
    }),
    execute: async (input, { signal }) => {
      const query = {
        text: input.query,
        isRegExp: input.isRegExp ?? false,
        caseSensitive: input.caseSensitive ?? false,
        path: input.path ?? '',
        ...patternOf(input),
      };
      return formatFindings(await workspace.search(query, signal), limits);
    },
  });
}

function patternOf(input: { readonly pattern?: string | undefined }): {
  readonly pattern?: string;
} {
  return input.pattern === undefined ? {} : { pattern: input.pattern };
}

interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

function formatLines(
  file: FileText,
  { startLine, endLine }: LineRange,
  limits: ToolLimits,
): string {
  const lines = file.text.split('\n');
  // A line feed ends the last line; it does not begin another one.
  if (file.text.endsWith('\n')) lines.pop();
  if (file.text === '') return 'The file is empty.';
  if (startLine > lines.length) {
    throw new ToolError(
      `The file has ${plural(lines.length, 'line')}; startLine is behind the last.`,
    );
  }
  const asked = lines.slice(startLine - 1, Math.min(endLine, startLine - 1 + limits.fileLines));
  const shown = withinLength(asked, limits);
  const last = startLine - 1 + shown.length;
  const notes: string[] = [];
  if (shown.length < lines.length) {
    const range = `Lines ${count(startLine)} to ${count(last)} of ${count(lines.length)}.`;
    const isShort = last < Math.min(endLine, lines.length);
    notes.push(isShort ? `${range} Go on with startLine ${last + 1}.` : range);
  }
  if (asked.some((line) => line.length > limits.resultLength)) notes.push('A long line is cut.');
  if (file.isCut) {
    const limit = formatSize(limits.fileBytes);
    notes.push(`The file has ${formatBytes(file.bytes)}; only its first ${limit} can be read.`);
  }
  return withNotes(shown, notes);
}

function formatFindings(findings: SearchFindings, limits: ToolLimits): string {
  const { matches, filesSearched, filesTooLarge, stoppedBy } = findings;
  const all = matches.map((match) => `${visibleText(match.path)}:${match.line}: ${match.text}`);
  const shown = withinLength(all, limits);
  const notes = [
    `${plural(all.length, 'matching line')} in ${plural(filesSearched, 'file')} searched.`,
  ];
  if (shown.length < all.length) notes.push(`The first ${count(shown.length)} are shown.`);
  if (filesTooLarge > 0) notes.push(`Too large to be searched: ${count(filesTooLarge)}.`);
  if (stoppedBy !== undefined) notes.push(stopNotes[stoppedBy]);
  return withNotes(shown, notes);
}

const stopNotes: { readonly [Reason in NonNullable<SearchFindings['stoppedBy']>]: string } = {
  matches: 'There are more. Narrow the search by a path, a file pattern or a longer text.',
  files: 'There are more files. Narrow the search by a path or a file pattern.',
  time: 'It ran out of time before the last file. Narrow the search by a path or a file pattern.',
};

function withNotes(lines: readonly string[], notes: readonly string[]): string {
  if (notes.length === 0) return lines.join('\n');
  const note = `[${notes.join(' ')}]`;
  return lines.length === 0 ? note : [...lines, '', note].join('\n');
}

/** As many whole lines from the start as fit; of a first line that is too long, its beginning. */
function withinLength(lines: readonly string[], { resultLength }: ToolLimits): readonly string[] {
  let room = resultLength;
  const end = lines.findIndex((line) => {
    room -= line.length + 1;
    return room < 0;
  });
  if (end === 0) return [clipEnd(lines[0] ?? '', resultLength)];
  return end < 0 ? lines : lines.slice(0, end);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
