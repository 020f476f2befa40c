import { describe, expect, it } from 'vitest';
import { resultsHtml } from '../../../src/views/resultsHtml.ts';

const html = resultsHtml({
  cspSource: 'https://webview.test',
  nonce: 'abc',
  script: 'https://webview.test/dist/results.js?a=1&b="2"',
  style: 'https://webview.test/dist/results.css',
  codicons: 'https://webview.test/dist/codicons/codicon.css',
});

describe('The page of the results panel', () => {
  it('has exactly the agreed content security policy', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      'img-src https://webview.test',
      'style-src https://webview.test',
      'font-src https://webview.test',
      "script-src 'nonce-abc'",
      "form-action 'none'",
      "base-uri 'none'",
    ]);
  });

  it('states the policy before anything loads', () => {
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<link'));
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<script'));
  });

  it('has one script, with the nonce, and nothing inline', () => {
    expect(html.match(/<script[^>]*>/g)).toEqual([
      '<script type="module" nonce="abc" src="https://webview.test/dist/results.js?a=1&amp;b=&quot;2&quot;">',
    ]);
    expect(html).toMatch(/src="[^"]*"><\/script>/);
    expect(html).not.toMatch(/<style|style=|\son\w+=|javascript:/);
  });

  it('contains the element that the script looks for', () => {
    expect(html).toContain('<interleave-results></interleave-results>');
  });
});
