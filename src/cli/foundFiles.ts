/** A file to read prompts from. */
export interface FoundFile {
  readonly path: string;
  /** Whether it was named itself, and not its folder or a pattern. */
  readonly isNamed: boolean;
  /**
   * The folder that was named, for a file that was found in it: it has to hold the file when links are
   * followed. A link that is named itself may lead anywhere, for a person chose it.
   */
  readonly within?: string;
}

/** Where prompts are, and what could not be looked at. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Folders and links inside those that were named which cannot be read, one line each. */
  readonly leftOut: readonly string[];
}
