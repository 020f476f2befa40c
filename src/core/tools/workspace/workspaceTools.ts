import * as z from 'zod';
import { formatInteger, plural } from '../../../shared/quantities.ts';
import { formatSize } from '../../base/limitValues.ts';
import { visibleText } from '../../base/text.ts';
import { defineTool } from '../defineTool.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { ToolError } from '../tool.ts';
import type { ToolLimits } from '../toolLimits.ts';
import { defaultToolLimits } from '../toolLimits.ts';
import { withinLength, withNotes } from '../toolText.ts';
import { formatLines } from './fileLinesText.ts';
import { formatWindow } from './fileWindowText.ts';
import { leftOutNote } from './leftOut.ts';
import { overlaid } from './overlaidWorkspace.ts';
import type { FileList, FileText, SearchFindings, SearchMatch, Workspace } from './workspace.ts';

const anyPath = z.string().max(4096);
const pattern = z
  .string()
  .min(1)
  .max(500)
  .optional()
  .describe(
    'Glob of the files that are meant, such as **/*.ts or src/**/*.{js,ts}. Without a slash it is matched against file names in all folders.',
  );

/** The read-only tools `read_file`, `list_files` and `search_text` of a workspace. */
export function createWorkspaceTools(
  workspace: Workspace,
  limits: ToolLimits = defaultToolLimits,
): readonly Tool[] {
  return [readFileTool, listFilesTool, searchTextTool].map((create) => create(workspace, limits));
}

function readFileTool(workspace: Workspace, limits: ToolLimits): Tool {
  return defineTool({
    name: 'read_file',
    description: `Reads a text file of the workspace, or some of its lines, however large it is. Returns at most ${formatInteger(limits.fileLines)} lines at a time and says with which line, or within a long line with which column, to go on.`,
    effect: 'read',
    inputSchema: z.strictObject({
      path: anyPath.min(1).describe('The file, relative to the top of the workspace, with /.'),
      startLine: z.int().min(1).optional().describe('First line, counted from 1.'),
      endLine: z.int().min(1).optional().describe('Last line, included.'),
      startColumn: z
        .int()
        .min(1)
        .optional()
        .describe('First character of the first line, counted from 1: to go on in a long line.'),
      endColumn: z.int().min(1).optional().describe('Last character of endLine, included.'),
    }),
    execute: async ({ path, ...range }, context) => {
      const { startLine = 1, endLine = Infinity, startColumn = 1, endColumn = Infinity } = range;
      if (endLine < startLine) throw new ToolError('endLine must not be before startLine.');
      if (endColumn !== Infinity && endLine === Infinity) {
        throw new ToolError('endColumn needs endLine.');
      }
      if (startLine === endLine && endColumn < startColumn) {
        throw new ToolError('endColumn must not be before startColumn.');
      }
      const wanted = { startLine, endLine, startColumn, endColumn };
      const file = await readText(workspace, path, context);
      if (!file.isCut) return formatLines(file, wanted, limits);
      // One unit more than fits shows whether there is more.
      const place = { startLine, startColumn, length: limits.resultLength + 2 };
      const seen = overlaid(workspace, context.overlay);
      return formatWindow(await seen.readWindow(path, place, context.signal), wanted, limits);
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
    execute: async (input, { signal, overlay }) => {
      const query = { path: input.path ?? '', ...patternOf(input) };
      const list = await overlaid(workspace, overlay).list(query, signal);
      const isEmpty = list.paths.length === 0 && !list.isCut;
      if (!isEmpty) return formatList(list, limits);
      const empty = input.pattern === undefined ? 'The folder is empty.' : 'No file matches.';
      return withNotes([empty], [leftOutNote(list.leftOut)]);
    },
  });
}

function searchTextTool(workspace: Workspace, limits: ToolLimits): Tool {
  const { matches, fileBytes } = limits.search;
  return defineTool({
    name: 'search_text',
    description: `Searches the text files of the workspace line by line. Returns up to ${formatInteger(matches)} matching lines as path:line: text, those that are too long as path:line:column: text. Files over ${formatSize(fileBytes)} come last, as far as the time allows. Binary files, symbolic links and node_modules are left out.`,
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
      skip: z
        .int()
        .min(0)
        .max(100_000)
        .optional()
        .describe('Matching lines to leave out, to go on where an answer ended.'),
      startLine: z
        .int()
        .min(1)
        .optional()
        .describe('Of a single file: the first line to search, to go on where the time ran out.'),
    }),
    execute: async (input, { signal, pauseTime, overlay }) => {
      const query = {
        text: input.query,
        isRegExp: input.isRegExp ?? false,
        caseSensitive: input.caseSensitive ?? false,
        path: input.path ?? '',
        ...patternOf(input),
        ...(input.skip === undefined ? {} : { skip: input.skip }),
        ...(input.startLine === undefined ? {} : { startLine: input.startLine }),
      };
      // The timeout does not run while the search is queued behind those of other conversations.
      const onBegin = pauseTime();
      try {
        const seen = overlaid(workspace, overlay);
        const findings = await seen.search(query, { signal, onBegin });
        return formatFindings(findings, input.skip ?? 0, limits);
      } finally {
        onBegin();
      }
    },
  });
}

/** Remembers what the conversation has read, so that it does not overwrite what it has never seen. */
async function readText(
  workspace: Workspace,
  path: string,
  { signal, overlay, callId }: ToolContext,
): Promise<FileText> {
  const file = await overlaid(workspace, overlay).readText(path, signal);
  if (!file.isCut) overlay?.noteRead(callId, file.path, file.text);
  return file;
}

function patternOf(input: { readonly pattern?: string | undefined }): {
  readonly pattern?: string;
} {
  return input.pattern === undefined ? {} : { pattern: input.pattern };
}

function formatList({ paths, isCut, leftOut }: FileList, limits: ToolLimits): string {
  const shown = withinLength(
    paths.map((path) => visibleText(path)),
    limits,
  );
  const isComplete = shown.length === paths.length && !isCut;
  const of = isCut ? '' : ` of ${formatInteger(paths.length)}`;
  const only = `The first ${formatInteger(shown.length)}${of} only. Narrow the list by a path or a pattern.`;
  return withNotes(shown, [isComplete ? '' : only, leftOutNote(leftOut)]);
}

function formatFindings(findings: SearchFindings, skip: number, limits: ToolLimits): string {
  const { matches, filesSearched, leftOut, stoppedBy } = findings;
  const all = matches.map(matchText);
  const shown = withinLength(all, limits);
  const found = plural(all.length, 'matching line');
  const notes = [`${found} in ${plural(filesSearched, 'file')} searched.`];
  if (skip > 0) notes.push(`The first ${formatInteger(skip)} before them are left out.`);
  const isShort = shown.length < all.length;
  if (isShort) notes.push(`The first ${formatInteger(shown.length)} are shown.`);
  notes.push(leftOutNote(leftOut));
  if (stoppedBy !== undefined) notes.push(stopNote(findings, stoppedBy));
  if (isShort || stoppedBy === 'matches') notes.push(`Go on with skip ${skip + shown.length}.`);
  return withNotes(shown, notes);
}

type StopReason = NonNullable<SearchFindings['stoppedBy']>;

/** What was not searched, and how to get at it. */
function stopNote(findings: SearchFindings, stoppedBy: StopReason): string {
  const { brokenOff, largeFilesLeft } = findings;
  // More matches come from the large files, too.
  if (stoppedBy === 'matches') return stopNotes.matches;
  const large =
    largeFilesLeft === 0
      ? ''
      : ` Large files are left: ${largeNames(findings)}. Search each by its path.`;
  if (brokenOff === undefined) return `${stopNotes[stoppedBy]}${large}`;
  const { path, line } = brokenOff;
  return `It ran out of time in ${visibleText(path)} after line ${formatInteger(line)}. Go on with its path and startLine ${line + 1}.${large}`;
}

function largeNames({ largeFilesLeft, firstLargeLeft }: SearchFindings): string {
  const named = firstLargeLeft.map((path) => visibleText(path)).join(', ');
  const others = largeFilesLeft - firstLargeLeft.length;
  return others > 0 ? `${named} and ${plural(others, 'other file')}` : named;
}

function matchText({ path, line, column, text }: SearchMatch): string {
  const place = column === undefined ? line : `${line}:${column}`;
  return `${visibleText(path)}:${place}: ${text}`;
}

const stopNotes: { readonly [Reason in StopReason]: string } = {
  matches: 'There are more. Narrow the search by a path, a file pattern or a longer text.',
  files: 'There are more files. Narrow the search by a path or a file pattern.',
  time: 'It ran out of time before the last file. Narrow the search by a path or a file pattern.',
};
