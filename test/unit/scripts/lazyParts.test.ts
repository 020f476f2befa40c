import { expect, it } from 'vitest';
// @ts-expect-error: a plain module, so that the build can use it before anything is compiled.
import { lazyPartOf, lazyParts } from '../../../scripts/lazyParts.mjs';

it.each([
  ['/home/x/interleave/src/host/engine.ts', 'engine'],
  ['C:\\work\\interleave\\src\\host\\engine.ts', 'engine'],
  ['C:\\work\\interleave\\src\\core\\providers\\openai\\sdk.ts', 'openai-sdk'],
  ['/home/x/interleave/src/host/other.ts', undefined],
  ['/home/x/mysrc/host/engine.ts', undefined],
])('%s is the part %s', (file, part) => {
  expect(lazyPartOf(file)).toBe(part);
});

it('are seven', () => {
  expect(Object.keys(lazyParts)).toHaveLength(7);
});
