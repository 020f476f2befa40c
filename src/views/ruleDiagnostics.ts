import type { RuleProblem } from '../host/ruleFiles.ts';
import { isFolderRules, isRuleDocument, readsAsRules } from '../host/ruleFiles.ts';
import { DocumentDiagnostics } from './documentDiagnostics.ts';

/** Shows the problems of files of rules for tool calls that are open in editors. */
export class RuleDiagnostics extends DocumentDiagnostics {
  /** `check` reads the text of a file of rules. */
  constructor(check: (text: string, uri: string) => Promise<readonly RuleProblem[]>) {
    super({
      name: 'interleave-rules',
      isChecked: isRuleDocument,
      check: async (document) => {
        const text = document.getText();
        if (!isFolderRules(document.uri) && !readsAsRules(text)) return [];
        return (await check(text, document.uri.toString())).map(
          ({ severity, message, line, column, endColumn }) => ({
            ...{ severity, message },
            range: { line, column, endLine: line, endColumn },
          }),
        );
      },
    });
  }
}
