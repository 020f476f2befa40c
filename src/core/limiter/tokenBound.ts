import type { Message } from '../providers/message.ts';

/** Lower bound of the average letters per token in written text. */
const lettersPerToken = 3;
/** Tokens of a message besides its text. */
const messageOverhead = 16;

/**
 * An upper bound of a text's tokens, without the model's own tokenizer. Each punctuation mark and digit counts
 * as one token, each UTF-16 unit beyond ASCII as two, and three letters as one. Blanks belong to the token after
 * them.
 */
export function tokenBound(text: string): number {
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
    // Such a character may be several tokens, at most one per byte.
    if (code >= 0x80) tokens += 2;
    else if (code !== 32) tokens++;
  }
  return tokens;
}

/** An upper bound of the tokens of messages. */
export function tokenBoundOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageOverhead + tokenBound(textOf(message)), 0);
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
