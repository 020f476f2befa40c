import * as z from 'zod';
import { formatInteger, plural } from '../../../shared/quantities.ts';
import { clipEnd, visibleText } from '../../base/text.ts';
import { defineTool } from '../defineTool.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { ToolError } from '../tool.ts';
import type { ToolLimits } from '../toolLimits.ts';
import { withinLength, withNotes } from '../toolText.ts';

/** From the worst to the least. */
const severities = ['error', 'warning', 'information', 'hint'] as const;

export type Severity = (typeof severities)[number];

/** A problem that an editor shows in a file. */
export interface Diagnostic {
  /** Absolute path on this machine. */
  readonly file: string;
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: Severity;
  readonly message: string;
  /** What found it, such as `ts` or `eslint`, and its code there. */
  readonly source?: string;
  readonly code?: string;
}

/** The problems that the editor knows of, in all files. */
export type ReadDiagnostics = () => readonly Diagnostic[];

/** Turns a path into a workspace path. Rejects with a `ToolError` for what tools may not look at. */
export type ShownPath = (path: string) => Promise<string>;

export interface DiagnosticsServices {
  readonly read: ReadDiagnostics;
  readonly shownPath: ShownPath;
}

/** Files whose problems are looked at in one call. */
const maxFiles = 500;
const maxMessage = 500;

/** `get_diagnostics`: what the editor says is wrong. */
export function createDiagnosticsTool(
  { read, shownPath }: DiagnosticsServices,
  limits: Pick<ToolLimits, 'resultLength'>,
): Tool {
  return defineTool({
    name: 'get_diagnostics',
    description:
      'Lists errors and warnings that the editor shows, of one file or of the whole workspace, as path:line:column. Of files that no editor has opened it may know nothing.',
    effect: 'read',
    inputSchema: z.strictObject({
      path: z.string().min(1).max(4096).optional().describe('A file; all files when absent.'),
      severity: z
        .enum(severities)
        .optional()
        .describe('The least severity that is listed; warning when absent.'),
    }),
    execute: async ({ path, severity = 'warning' }, context) => {
      const least = severities.indexOf(severity);
      const wanted = read().filter((one) => severities.indexOf(one.severity) <= least);
      const files = await visibleFiles(wanted, shownPath, path);
      const lines = [...files].flatMap(([shown, found]) => found.map((one) => lineOf(shown, one)));
      const all = lines.toSorted((a, b) => a.rank - b.rank).map(({ text }) => text);
      return formatted(all, { limits, context });
    },
  });
}

/** Problems by the workspace paths of their files, of files that may be looked at. */
async function visibleFiles(
  found: readonly Diagnostic[],
  shownPath: ShownPath,
  path: string | undefined,
): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const wanted = path === undefined ? undefined : await shownPath(path);
  const byFile = Map.groupBy(found, ({ file }) => file);
  const files = new Map<string, readonly Diagnostic[]>();
  for (const [file, diagnostics] of byFile) {
    if (files.size === maxFiles) break;
    const shown = await shownPath(file).catch((error: unknown) => {
      if (error instanceof ToolError) return undefined;
      throw error;
    });
    if (shown !== undefined && (wanted === undefined || shown === wanted)) {
      files.set(shown, diagnostics);
    }
  }
  return files;
}

interface Line {
  readonly rank: number;
  readonly text: string;
}

function lineOf(path: string, diagnostic: Diagnostic): Line {
  const { line, column, severity, message, source, code } = diagnostic;
  const by = [source, code].filter((part) => part !== undefined && part !== '').join(' ');
  const said = clipEnd(visibleText(message), maxMessage);
  const from = by === '' ? '' : ` (${clipEnd(visibleText(by), 80)})`;
  return {
    rank: severities.indexOf(severity),
    text: `${visibleText(path)}:${line}:${column}: ${severity}: ${said}${from}`,
  };
}

interface Formatting {
  readonly limits: Pick<ToolLimits, 'resultLength'>;
  readonly context: Pick<ToolContext, 'overlay'>;
}

function formatted(all: readonly string[], { limits, context: { overlay } }: Formatting): string {
  const shown = withinLength(all, limits);
  const left = all.length - shown.length;
  const cut = `The first ${formatInteger(shown.length)} are shown. Ask for one file, or for errors only.`;
  const proposed =
    overlay === undefined || overlay.isEmpty
      ? ''
      : 'The editor does not see the changes that this conversation proposes: they are not applied yet.';
  return withNotes(shown, [`${plural(all.length, 'problem')}.`, left > 0 ? cut : '', proposed]);
}
