import type { Message } from '../providers/message.ts';

/** A token holds at least so many letters of a word, on average, in any text that people write. */
const lettersPerToken = 3;
/** What a message takes besides its text. */
const messageOverhead = 16;

/**
 * More tokens than a text has, as far as that can be said without the model's own tokenizer: each mark,
 * digit and character beyond ASCII counts by itself, letters by threes, blanks with what follows them.
 */
export function mostTokens(text: string): number {
  let tokens = 0;
  let letters = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (isLetter) {
      if (letters % lettersPerToken === 0) tokens++;
      letters++;
      continue;
    }
    letters = 0;
    // Beyond ASCII a character may be several tokens, up to its bytes.
    if (code >= 0x80) tokens += 2;
    else if (code !== 32) tokens++;
  }
  return tokens;
}

/** The same for messages as they are sent. */
export function mostTokensOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageOverhead + mostTokens(textOf(message)), 0);
}

function textOf(message: Message): string {
  switch (message.role) {
    case 'user':
      return message.text;
    case 'assistant':
      return message.native.length > 0
        ? JSON.stringify(message.native)
        : message.text + JSON.stringify(message.toolCalls);
    case 'tool':
      return JSON.stringify(message.outcomes);
  }
}
