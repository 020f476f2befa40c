import type { LanguageFn } from 'highlight.js';
import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const languages: { readonly [name: string]: LanguageFn } = {
  ...{ bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, kotlin, php, python },
  ...{ ruby, rust, sql, swift, typescript, xml, yaml },
};

/** Longer code is not coloured: it would take too long. */
const maxLength = 10_000;

/** Colours code: HTML with escaped text and classes; empty for an unknown language. */
export type ColourCode = (code: string, language: string) => string;

/** Creates a highlighter of its own, so that nothing else on the page can add languages to it. */
export function createColourCode(): ColourCode {
  const own = highlighter.newInstance();
  for (const [name, define] of Object.entries(languages)) own.registerLanguage(name, define);
  return (code, language) => {
    const isKnown = language !== '' && own.getLanguage(language) !== undefined;
    if (!isKnown || code.length > maxLength) return '';
    return own.highlight(code, { language, ignoreIllegals: true }).value;
  };
}
