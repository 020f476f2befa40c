/** What VS Code needs to run the compiled tests. All paths are absolute. */
export interface HostOptions {
  /** The folder of the extension. */
  readonly extension: string;
  /** Folders of other extensions that the tests use. */
  readonly companions?: readonly string[];
  /** The compiled module whose `run()` runs the tests. */
  readonly tests: string;
  /** The folder to open; tests may change its files. */
  readonly workspace: string;
  /** Environment variables for the tests. */
  readonly env: Readonly<Record<string, string>>;
}

/** A VS Code that runs the tests. */
export interface TestHost {
  /** Resolves with a readable reason when the tests cannot report any more. */
  readonly ended: Promise<string>;
  /** The last lines VS Code wrote, to find out why the tests did not run. */
  diagnosis(): string;
  stop(): Promise<void>;
}

/** The last lines, few enough to read. */
export function lastLines(lines: readonly string[]): readonly string[] {
  return lines.slice(-15);
}
