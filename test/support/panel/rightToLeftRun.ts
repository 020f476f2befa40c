import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import { failure, RunScript, tokens } from './runScript.ts';

const hebrew = `## סיכום הבדיקה

הבדיקה עברה בהצלחה!

\`npm install\` מתקין את התלויות, ואחריו יש להריץ את \`npm test\` (פעמיים).

This paragraph is in English, and ends with a full stop.

1. להתקין את החבילה
2. להריץ את הבדיקות!
3. Read the log, line by line.

- פריט ראשון

- פריט שני, עם \`קוד.ts\`

> ציטוט קצר מתוך המסמך.

| שם | מספר | הערה |
|:---|---:|---|
| ראשון | 12 | בסדר! |
| second | 7 | English here. |

\`\`\`ts
const שם = 'ערך'; // the code stays as it is
\`\`\`

קישור: [התיעוד](https://example.com/docs).
`;

const arabic = 'هل انتهى الاختبار؟ نعم، انتهى!\n\n- الأول\n- الثاني\n';

/** A run with right-to-left answers, titles and errors. */
export function rightToLeftRun(): RunScript {
  const names = [
    'مراجعة الملف config.ts!',
    'סיכום הקובץ report.prompts.md',
    'Plain',
    'خطأ في الخادم',
  ];
  const prompts = names.map((name, index) => ({
    name,
    ...(index === 0 ? { prompt: 'לקרוא את הקובץ, בבקשה!\nRead it twice.\n' } : {}),
  }));
  const script = new RunScript({ title: 'מסמך בדיקות.prompts.md', prompts });
  const ends = (answer: string): readonly ConversationStep[] => [
    { type: 'conversation.started' },
    { type: 'turn.started', turn: 1, attempt: 1 },
    { type: 'turn.finished', turn: 1, text: answer, toolCalls: [], usage: tokens(900, 240) },
    { type: 'conversation.finished', status: 'done', reason: 'final', answer },
  ];
  script
    .at(4)
    .steps(0, ...ends(hebrew))
    .at(900)
    .steps(1, ...ends(arabic))
    .at(1200)
    .steps(2, ...ends('Nothing to the right here: only a list.\n\n1. one\n2. two\n'))
    .at(1500)
    .steps(3, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'invalid_request',
      answer: '',
      error: failure('invalid_request', 'الطلب غير صالح: الحقل model مفقود!'),
    });
  return script.finish();
}
