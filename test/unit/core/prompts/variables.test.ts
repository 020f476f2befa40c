// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { describe, expect, it } from 'vitest';
import { promptsFromSelection } from '../../../../src/core/prompts/selection.ts';
import { briefs } from './reading.ts';

describe('variables', () => {
  it.each([
    '${input:name}',
    '${input:name:what to {ask for}',
    '${input:}',
    '${selection}',
    '${file}',
    '${fileBasename}',
    '${fileContent}',
    '${workspaceFolder}',
    '${selectedText}',
    '${fileDirname}',
  ])('%s is rejected, so that it is never sent unresolved', (variable) => {
    const marked = JSON.stringify(variable);
    expect(briefs(`## A\nab ${variable} c`)).toEqual([
      `error variable-not-supported 1:3 ${marked}`,
    ]);
    expect(briefs(`ab\n${variable}`, 'a.prompt.md')).toEqual([
      `error variable-not-supported 1:0 ${marked}`,
    ]);
  });

  it('are rejected each at its own place', () => {
    expect(briefs('## A\n${file}${${file}\n𝄞`${input:a}`')).toEqual([
      'error variable-not-supported 1:0 "${file}"',
      'error variable-not-supported 1:9 "${file}"',
      'error variable-not-supported 2:3 "${input:a}"',
    ]);
  });

  it.each([
    '${files}',
    '${ file }',
    '${File}',
    '$file',
    '${file',
    '${input:a',
    '${HOME}',
    '{{file}}',
  ])('%s is text', (text) => {
    expect(briefs(`## A\n${text}`)).toEqual([]);
  });

  it('are text in code fences, in headings, in notes and in a selection', () => {
    expect(briefs('${file}\n## ${file}\n```sh\necho ${file}\n```\n~~~ ${file}')).toEqual([
      'warning unclosed-fence 5:0 "~~~"',
    ]);
    expect(
      promptsFromSelection('${file}', { id: { file: 'x', slug: 'y' }, name: 'x' }).diagnostics,
    ).toEqual([]);
  });

  it('are rejected in a system prompt, which is sent too', () => {
    expect(briefs('---\nsystem: Look at ${file}\n---\n## A\ntext')).toEqual([
      'error variable-not-supported 1:8 "Look at ${file}"',
    ]);
  });
});
