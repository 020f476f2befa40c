import type { PathCheck } from './pathCheck.ts';
import { resolveInWorkspace } from './pathCheck.ts';
import { isMissing } from './workspaceErrors.ts';
import { formatWorkspacePath, parseWorkspacePath } from './workspacePath.ts';

/**
 * The workspace path of what a path of the model's leads to, links followed, whether it is there or not; empty
 * for the top. Throws a `ToolError` for what may not be looked at.
 */
export async function locate(requested: string, check: PathCheck): Promise<string> {
  const place = parseWorkspacePath(requested, check.roots);
  if (place === undefined) return '';
  for (let end = place.segments.length; ; end--) {
    const existing = { ...place, segments: place.segments.slice(0, end) };
    try {
      const { path } = await resolveInWorkspace(formatWorkspacePath(existing, check.roots), check);
      return [path, ...place.segments.slice(end)].filter((part) => part !== '').join('/');
    } catch (error) {
      if (end === 0 || !isMissing(error)) throw error;
    }
  }
}
