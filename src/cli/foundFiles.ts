/** A file to read prompts from. */
export interface FoundFile {
  readonly path: string;
  /** Whether the file itself was given, rather than its folder or a pattern. */
  readonly isNamed: boolean;
  /**
   * The given folder that the file was found in. A link must not lead out of it. A link that was given
   * itself may lead anywhere, because the user chose it.
   */
  readonly within?: string;
}

/** The prompt files that were found, and what could not be read. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** One line for each folder or link inside a given folder that cannot be read. */
  readonly leftOut: readonly string[];
}
