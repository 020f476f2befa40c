/** What a rule does with the calls that it matches. */
export type RuleEffect = 'deny' | 'ask' | 'allow';

/** The system on which calls are made. */
export interface RuleSystem {
  /** How `run_command` reads its command line. */
  readonly shell: Shell;
  /** Whether the disk takes `A.ts` and `a.ts` for one file. */
  readonly ignoresCase: boolean;
  /** Whether names mean what they mean on Windows: devices, short names, backslashes. */
  readonly hasWindowsNames: boolean;
  /** Workspace paths of rules files and of saved runs, as files or folders; no tool changes them. */
  readonly ownPaths: readonly string[];
}

/** The languages of command lines. */
export type Shell = 'posix' | 'cmd' | 'powershell';

/** The usual system of a platform, as `process.platform` names it. */
export function ruleSystemOf(platform: string, ownPaths: readonly string[] = []): RuleSystem {
  const isWindows = platform === 'win32';
  return {
    shell: isWindows ? 'powershell' : 'posix',
    ignoresCase: isWindows || platform === 'darwin',
    hasWindowsNames: isWindows,
    ownPaths,
  };
}
