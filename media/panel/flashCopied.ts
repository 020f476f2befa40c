const flashMs = 1200;

/** Shows a check mark in place of a button's copy icon for a moment. */
export function flashCopied(button: Element): void {
  const icon = button.querySelector('.codicon-copy');
  if (icon === null) return;
  icon.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => icon.classList.replace('codicon-check', 'codicon-copy'), flashMs);
}
