import { RunScript, tokens } from './runScript.ts';

const rich = `# Findings

Sure! Here is what I found:

The cart in \`src/cart.ts:2\` loses items; see [the test](test/cart.test.ts#L14) and https://example.com/carts.

- [x] Find the cause
- [ ] Write a test for **empty** carts

\`\`\`ts
// Adds an item.
function add(cart: Cart, item: Item): Cart {
  const count = cart.items.length + 1;
  return { ...cart, items: [...cart.items, item], label: \`\${count} items\`, open: true };
}
\`\`\`

\`\`\`diff
-  const total = 0;
+  const total = sum(items);
\`\`\`

| File | Lines | Result |
|:-----|------:|:------:|
| src/cart.ts | 120 | ok |
| src/order.ts | 1,480 | slow |

می‌خواهم 👩🏽‍🚀 日本語の答え
`;

/** Answers with everything that Markdown has, and names in several scripts. */
export function richRun(): RunScript {
  const names = ['Review the cart', 'سبد خرید را بررسی کن', '购物车评审', 'Plan 👩🏽‍🚀 tests'];
  const script = new RunScript({
    title: 'review.prompts.md',
    prompts: names.map((name) => ({ name })),
  });
  const answers = [
    rich,
    'سبد خرید می‌تواند اقلام را از دست بدهد.',
    '购物车会丢失商品。请看测试。',
    '**Summary**\n\nCertainly! Below is the plan:\n\n1. Write the tests first.',
  ];
  names.forEach((_, index) => {
    script
      .at(100)
      .steps(index, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
      .at(2_000 + index * 700)
      .steps(
        index,
        {
          type: 'turn.finished',
          turn: 1,
          text: answers[index]!,
          toolCalls: [],
          usage: tokens(2_400, 380, 1_200),
        },
        { type: 'conversation.finished', status: 'done', reason: 'final', answer: answers[index]! },
      );
  });
  return script.finish();
}
