import type { OnAnswer } from './panelRequests.ts';

const flashMs = 1200;

/** Shows a check mark in place of a button's copy icon for a moment, once the host has copied. */
export function flashWhenCopied(button: Element): OnAnswer {
  return ({ ok }) => {
    const icon = button.querySelector('.codicon-copy');
    if (!ok || icon === null) return;
    icon.classList.replace('codicon-copy', 'codicon-check');
    setTimeout(() => icon.classList.replace('codicon-check', 'codicon-copy'), flashMs);
  };
}
