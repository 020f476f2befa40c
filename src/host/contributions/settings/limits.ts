import type { LimitName } from '../../../core/base/limits.ts';
import { limits } from '../../../core/base/limits.ts';
import { isGuardLimit, limitSubject } from '../../../core/base/limitValues.ts';
import type { SettingText } from './settingText.ts';

/** The units that measure. The other ones count what the limit names. */
const measures: { readonly [unit: string]: string } = {
  s: 'seconds',
  KB: 'kilobytes (1,000 bytes)',
  MB: 'megabytes (1,000,000 bytes)',
  USD: 'US dollars',
};

/** What the settings editor says about a limit, from its row in `core/base/limits.ts`. */
export function limitText(name: LimitName): SettingText {
  const { unit, reached, note, advanced } = limits[name];
  const measure = measures[unit];
  const subject = limitSubject(name, measure === undefined ? '' : `, in ${measure}`);
  const most = measure === undefined ? `Maximum number of ${subject}` : `Maximum ${subject}`;
  const sentences = [
    `${most}.`,
    `At the limit, ${reached}.`,
    ...(note === undefined ? [] : [note]),
  ];
  return {
    description: sentences.join(' ').replaceAll(/`(interleave\.\w+)`/g, '`#$1#`'),
    ...(isGuardLimit(name) || advanced === true ? { advanced: true } : {}),
  };
}
