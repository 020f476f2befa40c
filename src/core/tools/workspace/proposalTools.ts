import * as z from 'zod';
import type { ProposalStep, ProposedFile } from '../../../shared/proposals.ts';
import { plural } from '../../../shared/quantities.ts';
import { formatSize } from '../../base/limitValues.ts';
import { inFormOf, replaceOnce, shownText } from '../../proposals/editText.ts';
import type { Overlay, OverlayFile } from '../../proposals/overlay.ts';
import { defineTool, type ToolDefinition } from '../defineTool.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { ToolError } from '../tool.ts';
import type { ToolLimits } from '../toolLimits.ts';
import { defaultToolLimits } from '../toolLimits.ts';
import type { Workspace } from './workspace.ts';
import { quotedPath } from './workspacePath.ts';

const path = z
  .string()
  .min(1)
  .max(4096)
  .describe('The file, relative to the top of the workspace, with /.');

/** Texts of one conversation's proposals, in UTF-16 units, and how many files. */
const overlayLimits = { length: 50_000_000, files: 2_000 } as const;

const onlyProposed =
  'The change is only proposed: the user looks at it and applies it later. Your other tools see it at once.';

/**
 * `write_file`, `edit_file`, `delete_file` and `rename_file`. They write into the overlay of the conversation
 * that calls them; nothing on disk changes.
 */
export function createProposalTools(
  workspace: Workspace,
  limits: ToolLimits = defaultToolLimits,
): readonly Tool[] {
  return [writeFileTool, editFileTool, deleteFileTool, renameFileTool].map((create) =>
    create(workspace, limits),
  );
}

function writeFileTool(workspace: Workspace, limits: ToolLimits): Tool {
  return proposingTool({
    name: 'write_file',
    description: `Creates a text file, or replaces the whole content of one. To change a part of a file use edit_file. ${onlyProposed}`,
    inputSchema: z.strictObject({ path, content: z.string().describe('The whole new content.') }),
    execute: async (input, context) => {
      const draft = await Draft.of(workspace, input.path, context);
      const { text } = draft;
      const content = text === null ? input.content : inFormOf(text, input.content);
      return draft.propose({ text: checkedText(content, input.path, limits) });
    },
  });
}

function editFileTool(workspace: Workspace, limits: ToolLimits): Tool {
  return proposingTool({
    name: 'edit_file',
    description: `Replaces a text that stands exactly once in a file. ${onlyProposed}`,
    inputSchema: z.strictObject({
      path,
      oldText: z
        .string()
        .min(1)
        .describe('The text to replace, exactly as read_file shows it, with enough around it.'),
      newText: z.string().describe('What stands there instead.'),
    }),
    execute: async ({ path: requested, oldText, newText }, context) => {
      const draft = await Draft.of(workspace, requested, context);
      const { matches, text } = replaceOnce(draft.existing(), oldText, newText);
      if (text === undefined) throw noReplacement(requested, matches);
      return draft.propose({ text: checkedText(text, requested, limits) });
    },
  });
}

function deleteFileTool(workspace: Workspace): Tool {
  return proposingTool({
    name: 'delete_file',
    description: `Deletes a text file. ${onlyProposed}`,
    inputSchema: z.strictObject({ path }),
    execute: async (input, context) => {
      const draft = await Draft.of(workspace, input.path, context);
      draft.existing();
      return draft.propose({ text: null });
    },
  });
}

function renameFileTool(workspace: Workspace): Tool {
  return proposingTool({
    name: 'rename_file',
    description: `Renames a text file or moves it to another folder. ${onlyProposed}`,
    inputSchema: z.strictObject({ path, newPath: path.describe('The new path, as path.') }),
    execute: async (input, context) => {
      const draft = await Draft.of(workspace, input.path, context);
      const target = await Draft.of(workspace, input.newPath, context);
      const text = draft.existing();
      if (target.path === draft.path) throw new ToolError('The file has that path already.');
      if (target.text !== null) {
        throw new ToolError(
          `${quotedPath(input.newPath)} exists already. Choose another path, or delete that file first.`,
        );
      }
      return draft.propose({ text: null }, target.renamed(draft, text));
    },
  });
}

/** `effect` is the one of every tool that proposes. */
function proposingTool<Input>(definition: Omit<ToolDefinition<Input>, 'effect'>): Tool {
  return defineTool({ ...definition, effect: 'write', isProposal: true });
}

/** A file that a call is about to change, as its conversation sees it. */
class Draft {
  readonly path: string;
  readonly #requested: string;
  readonly #file: OverlayFile;
  readonly #overlay: Overlay;
  readonly #context: ToolContext;

  private constructor(
    requested: string,
    file: OverlayFile,
    { overlay, context }: { readonly overlay: Overlay; readonly context: ToolContext },
  ) {
    this.#requested = requested;
    this.path = file.path;
    this.#file = file;
    this.#overlay = overlay;
    this.#context = context;
  }

  static async of(workspace: Workspace, requested: string, context: ToolContext): Promise<Draft> {
    const { overlay, signal } = context;
    if (overlay === undefined) throw new ToolError('Nothing can be proposed here.');
    const target = await workspace.writeTarget(requested, signal);
    assertPlace(target.path, overlay);
    const base = overlay.file(target.path) === undefined ? await target.read() : null;
    signal.throwIfAborted();
    const known = overlay.file(target.path);
    if (known === undefined) assertAsRead(target.path, base, overlay);
    return new Draft(requested, known ?? { path: target.path, base, text: base }, {
      overlay,
      context,
    });
  }

  get text(): string | null {
    return this.#file.text;
  }

  /** Throws a `ToolError` when there is no such file. */
  existing(): string {
    const { text } = this.#file;
    if (text !== null) return text;
    throw new ToolError(
      `${quotedPath(this.#requested)} does not exist in the workspace. list_files shows what does.`,
    );
  }

  /** This file with the content of another one, which takes this name. */
  renamed(old: Draft, text: string): OverlayFile {
    const { base, from } = old.#file;
    // A file that was renamed before keeps its first path; one that was made here has none.
    const origin = base === null ? from : old.path;
    const moved = { path: this.path, base: this.#file.base, text };
    return origin === undefined || origin === this.path ? moved : { ...moved, from: origin };
  }

  /** Puts the change into the overlay, and says what it comes to. */
  propose({ text }: { readonly text: string | null }, ...more: readonly OverlayFile[]): string {
    const { callId } = this.#context;
    // With its content it loses the path that it had before.
    const { from, ...file } = this.#file;
    const changed = { ...file, text, ...(text === null || from === undefined ? {} : { from }) };
    assertRoom([changed, ...more], this.#overlay);
    const steps = this.#overlay.put(callId, [changed, ...more]);
    return proposalText(steps);
  }
}

/** A file cannot be where a folder is, nor below a file. */
function assertPlace(target: string, overlay: Overlay): void {
  if (overlay.hasBelow(target)) {
    throw new ToolError(`${quotedPath(target)} is a folder. Only files can be changed.`);
  }
  for (let slash = target.indexOf('/'); slash >= 0; slash = target.indexOf('/', slash + 1)) {
    if (overlay.file(target.slice(0, slash))?.text == null) continue;
    throw new ToolError(`${quotedPath(target)} leads through a file, not a folder.`);
  }
}

/** What a conversation has read must not have changed since: it would overwrite what it never saw. */
function assertAsRead(target: string, base: string | null, overlay: Overlay): void {
  if (base === null || overlay.isAsRead(target, shownText(base))) return;
  throw new ToolError(
    `${quotedPath(target)} has changed on disk since you read it. Read it again before you change it.`,
  );
}

function assertRoom(files: readonly OverlayFile[], overlay: Overlay): void {
  const more = files.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  const isFull =
    overlay.files.length + files.length > overlayLimits.files ||
    overlay.length + more > overlayLimits.length;
  if (isFull) throw new ToolError('This conversation proposes too much already. Finish here.');
}

function checkedText(text: string, requested: string, { fileBytes }: ToolLimits): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new ToolError(`The content of ${quotedPath(requested)} is not plain text.`);
  }
  if (Buffer.byteLength(text) > fileBytes) {
    throw new ToolError(
      `The content of ${quotedPath(requested)} is too large: the limit is ${formatSize(fileBytes)}.`,
    );
  }
  return text;
}

function noReplacement(requested: string, matches: number): ToolError {
  const shown = quotedPath(requested);
  return new ToolError(
    matches === 0
      ? `oldText is not in ${shown}. Read the file again and copy the text exactly, with its spaces.`
      : `oldText is in ${shown} ${matches} times. Add lines before or after it, so that it is there once.`,
  );
}

function proposalText(steps: readonly ProposalStep[]): string {
  const proposed = steps.filter((step): step is ProposedFile => step.kind !== 'none');
  if (proposed.length === 0) return 'Done: nothing differs from the file on disk any more.';
  return proposed.map((file) => `Proposed to ${sentence(file)}.`).join('\n');
}

function sentence({ kind, path: file, from, added, removed }: ProposedFile): string {
  const lines = `${plural(added, 'line')} added, ${plural(removed, 'line')} removed`;
  return kind === 'rename'
    ? `rename ${quotedPath(from ?? '')} to ${quotedPath(file)} (${lines})`
    : `${kind} ${quotedPath(file)} (${lines})`;
}
