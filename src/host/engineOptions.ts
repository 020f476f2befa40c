import type * as vscode from 'vscode';
import type { Redactor } from '../core/base/redact.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { Configuration } from './configuration.ts';
import type { Credentials } from './credentials.ts';
import type { ModelAccess } from './languageModels/languageModelProvider.ts';
import type { FolderRules } from './workspaceRules.ts';

/** What the engine needs of the window. */
export interface EngineOptions {
  /** Folder of the bundles. */
  readonly distPath: string;
  /** The extension's version. */
  readonly version: string;
  /** The current workspace folders. */
  folders(): readonly OriginFolder[];
  /** The user's home folder, where agent files of their own are. */
  readonly homePath: string;
  /** The extension's global storage folder. */
  readonly storagePath: string;
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  /** Knows the keys to redact. */
  readonly redactor: Redactor;
  /** Tells which models in VS Code the user has allowed. */
  readonly modelAccess: ModelAccess;
  /** The workspace state. */
  readonly memory: Pick<vscode.Memento, 'get' | 'update'>;
  /** Called before a run with the rules of workspace folders that do not count. */
  onIgnoredRules(ignored: readonly FolderRules[]): void;
  /** Called with errors that event listeners of a run throw. */
  onListenerError(error: unknown): void;
}
