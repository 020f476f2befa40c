/** What users and options see of a format for the result of a run. */
export interface FormatFacts {
  /** The file extension, without a dot. */
  readonly extension: string;
  /** Its name in file dialogs. */
  readonly label: string;
  /** The help text of its command line option. */
  readonly help: string;
  /** Whether it is JSON, in which invisible characters can be escaped without a change of meaning. */
  readonly isJson: boolean;
}

/** The facts of all formats. The name of each is its option of `interleave run`. */
export const formatFacts = {
  json: {
    extension: 'json',
    label: 'JSON (complete)',
    help: 'write the whole result as JSON to a file, or - for standard output',
    isJson: true,
  },
  jsonl: {
    extension: 'jsonl',
    label: 'JSON Lines (one conversation a line)',
    help: 'write one line of JSON per conversation to a file, or -',
    isJson: true,
  },
  junit: {
    extension: 'xml',
    label: 'JUnit (for build servers)',
    help: 'write a JUnit report with one test case per prompt to a file, or -',
    isJson: false,
  },
  markdown: {
    extension: 'md',
    label: 'Markdown (report)',
    help: 'write a report in Markdown to a file, or -',
    isJson: false,
  },
} as const satisfies { readonly [name: string]: FormatFacts };

/** The name of an export format. */
export type ExportFormatName = keyof typeof formatFacts;
/** The names of all export formats. */
export const exportFormatNames = Object.keys(formatFacts) as readonly ExportFormatName[];
