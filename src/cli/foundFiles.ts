/** A file to read prompts from. */
export interface FoundFile {
  readonly path: string;
  /** Whether the file itself was named, rather than its folder or a pattern. */
  readonly isNamed: boolean;
  /**
   * The named folder that the file was found in. Links must not lead out of it. A link that was named
   * itself may lead anywhere, because the person chose it.
   */
  readonly within?: string;
}

/** The files with prompts, and what could not be read. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** One line for each folder or link inside a named folder that cannot be read. */
  readonly leftOut: readonly string[];
}
