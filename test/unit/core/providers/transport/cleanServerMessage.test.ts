import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanServerMessage } from '../../../../../src/core/providers/transport/cleanServerMessage.ts';

describe('cleanServerMessage', () => {
  it('puts a message on one line without invisible characters', () => {
    const message = 'first\r\n\tsecond\u001b[31m third\u202e\u200b end';
    expect(cleanServerMessage(message, undefined)).toBe('first second [31m third end');
  });

  it('redacts the key of the request, and anything that looks like a key', () => {
    const message = 'Wrong key abcdef-123456, not sk-ant-ABC_123*** nor Bearer xyz.';
    const cleaned = cleanServerMessage(message, 'abcdef-123456');
    expect(cleaned).toBe('Wrong key [redacted], not [redacted] nor Bearer [redacted]');
  });

  it('does not redact a placeholder key, which may be an ordinary word', () => {
    expect(cleanServerMessage('model ollama/x not found', 'ollama')).toBe(
      'model ollama/x not found',
    );
  });

  it('is never longer than 500 characters, well formed, and on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const cleaned = cleanServerMessage(text, undefined);
        expect(cleaned.length).toBeLessThanOrEqual(500);
        expect(cleaned).not.toMatch(/\p{Cc}/u);
        expect(cleaned.isWellFormed()).toBe(true);
      }),
    );
  });
});
