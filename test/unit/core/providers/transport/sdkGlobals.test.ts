import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Headers as SdkHeaders } from '../../../../../src/core/providers/transport/sdkGlobals.ts';

const name = fc.constantFrom('a', 'A', 'content-type', 'Content-Type', 'x-1', 'b');
const value = fc.oneof(
  fc.constantFrom('', ' x ', 'a, b', '\tq\r\n', 'x\ny', 'x\0', 'ü', '€'),
  fc.string({ maxLength: 5 }),
);
const change = fc.oneof(
  fc.record({ does: fc.constantFrom('set', 'append'), name, value }),
  fc.record({ does: fc.constant('delete'), name, value }),
);

describe('the headers for the SDKs', () => {
  it("do the same as the platform's", () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const [own, platform] = [new SdkHeaders(), new Headers()];
        for (const each of changes) expect(outcome(own, each)).toEqual(outcome(platform, each));
        expect([...own]).toEqual([...platform]);
        expect([...own.entries()]).toEqual([...platform.entries()]);
        expect([own.get('A'), own.has('B')]).toEqual([platform.get('A'), platform.has('B')]);
        const again = [...new Headers(platform)];
        expect([...new SdkHeaders(own)]).toEqual(again);
        expect([...new SdkHeaders(Object.fromEntries(own))]).toEqual(again);
      }),
    );
  });
});

interface Change {
  readonly does: string;
  readonly name: string;
  readonly value: string;
}

/** Whether it was refused. */
function outcome(headers: Headers | SdkHeaders, { does, name, value }: Change): boolean {
  try {
    if (does === 'delete') headers.delete(name);
    else if (does === 'set') headers.set(name, value);
    else headers.append(name, value);
    return true;
  } catch {
    return false;
  }
}
