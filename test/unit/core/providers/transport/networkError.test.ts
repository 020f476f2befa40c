import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../../../src/core/providers/providerError.ts';
import { describeNetworkError } from '../../../../../src/core/providers/transport/networkError.ts';

const context = {
  host: 'api.example.com',
  apiKey: undefined,
  model: 'some-model',
  requestId: 'req_1',
};

function describeCode(code: string): ProviderError {
  return describeNetworkError(Object.assign(new Error('internal words'), { code }), context);
}

describe('describeNetworkError', () => {
  it.each([
    ['ECONNREFUSED', 'Nothing answers at api.example.com. Check that the server runs'],
    ['ENOTFOUND', 'api.example.com cannot be found. Check the network connection'],
    ['EAI_AGAIN', 'api.example.com cannot be found. Check the network connection'],
    ['ETIMEDOUT', 'api.example.com cannot be reached'],
    ['ENETUNREACH', 'api.example.com cannot be reached'],
    ['ECONNRESET', 'The connection to api.example.com broke off'],
    ['EPIPE', 'The connection to api.example.com broke off'],
  ])('describes %s as retryable', (code, words) => {
    const error = describeCode(code);
    expect(error).toMatchObject({ kind: 'network', retryable: true, requestId: 'req_1' });
    expect(error.message).toContain(words);
    expect(error.message).toContain(code);
    expect(error.message).not.toContain('internal words');
  });

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is not trusted here. Check the base URL'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'is not trusted here'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'is not trusted here'],
    ['INVALID_PURPOSE', 'is not trusted here'],
    ['CERT_HAS_EXPIRED', "has expired. Have it renewed, or set this computer's clock"],
    ['CERT_NOT_YET_VALID', "is not valid yet. Check this computer's clock"],
    ['CERT_REVOKED', 'was revoked. Ask whoever runs the server'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name. Use that name in the base URL'],
    ['HOSTNAME_MISMATCH', 'is for another name. Use that name in the base URL'],
  ])('is not retryable for a certificate, and says what to do (%s)', (code, words) => {
    const error = describeCode(code);
    expect(error).toMatchObject({ kind: 'network', retryable: false, blocking: true });
    expect(error.message).toContain(`The certificate of api.example.com ${words}`);
  });

  it.each(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'])(
    'is not retryable when the TLS handshake fails (%s)',
    (code) => {
      const error = describeCode(code);
      expect(error).toMatchObject({ kind: 'network', retryable: false, blocking: true });
      expect(error.message).toContain('No encrypted connection to api.example.com');
      expect(error.message).toContain('Check https:// in the base URL');
    },
  );

  it('describes a connection that closed without an error', () => {
    const error = describeNetworkError(undefined, context);
    expect(error.message).toBe(
      'The connection to api.example.com broke off. Check the network connection, and retry.',
    );
  });

  it('returns a ProviderError unchanged', () => {
    const error = new ProviderError('Too late.', { kind: 'network' });
    expect(describeNetworkError(error, context)).toBe(error);
  });
});
