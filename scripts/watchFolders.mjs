import { readdirSync, watch } from 'node:fs';
import path from 'node:path';

/**
 * Calls `onChange` with the path of every file and folder that is made, changed or removed below the folders.
 * On Linux, Node's recursive watch loses a file that an editor replaces in one step. So there every folder
 * has its own watcher.
 *
 * @param {readonly string[]} folders
 * @param {(changed: string) => void} onChange
 * @returns {() => void} Ends the watch.
 */
export function watchFolders(folders, onChange) {
  /** @type {Map<string, import('node:fs').FSWatcher>} */
  const watchers = new Map();

  /** @param {string} folder */
  function watchFolder(folder) {
    const recursive = process.platform !== 'linux';
    const watcher = watch(folder, { recursive }, (type, name) => {
      const changed = path.join(folder, name ?? '');
      if (!recursive && type === 'rename') watchTree(changed);
      onChange(changed);
    });
    // The folder was removed.
    watcher.on('error', () => watcher.close());
    watchers.get(folder)?.close();
    watchers.set(folder, watcher);
    return recursive;
  }

  /** @param {string} folder May also be a file, or removed by now. */
  function watchTree(folder) {
    try {
      const entries = readdirSync(folder, { withFileTypes: true });
      if (watchFolder(folder)) return;
      for (const entry of entries) {
        if (entry.isDirectory()) watchTree(path.join(folder, entry.name));
      }
    } catch {
      watchers.get(folder)?.close();
      watchers.delete(folder);
    }
  }

  for (const folder of folders) watchTree(path.resolve(folder));
  return () => {
    for (const watcher of watchers.values()) watcher.close();
  };
}
