import type { PromptLibrary } from '../host/promptLibrary.ts';
import { isPromptDocument } from '../host/promptLibrary.ts';
import { DocumentDiagnostics } from './documentDiagnostics.ts';

/** Shows the problems of prompt files that are open in editors. */
export class PromptDiagnostics extends DocumentDiagnostics {
  constructor(library: PromptLibrary) {
    super({
      name: 'interleave',
      isChecked: isPromptDocument,
      check: async ({ uri }) => (await library.parse(uri)).diagnostics,
    });
  }
}
