import { redactSecrets } from '../../base/redact.ts';

/** Environment variables by name. */
export type CommandEnvironment = { readonly [name: string]: string };

/** Words in names of variables that hold keys, passwords and the like, or lead to a program that has them. */
const secretWords =
  /(?:^|[_.-])(?:API_?KEYS?|KEYS?|TOKENS?|SECRETS?|(?:ASK)?PASS(?:WORD|WD|PHRASE)?|PWD|PW|CREDENTIALS?|CREDS?|AUTH(?:ORIZATION)?|COOKIES?|PAT|JWT|DSN|SAS|WEBHOOK)(?:[_.-]|\d*$)/i;

/** Longer names without a separator, such as `MYTOKEN` and `githubToken`. */
const secretEndings = /(?:token|secret|passw(?:or)?d|apikey|credentials?)s?\d*$/i;

/** The current folder; no password. */
const folderVariables = /^(?:OLD)?PWD$/i;

/** What steers the program that the extension runs in, and nothing that it starts. */
const ownVariables = /^(?:ELECTRON_|VSCODE_|CHROME_)/i;

/** The variables that a command of a model gets: without whatever is, or is named like, a key or a password. */
export function commandEnvironment(
  environment: { readonly [name: string]: string | undefined } = process.env,
): CommandEnvironment {
  const kept = Object.entries(environment).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return value !== undefined && !isSecret(name, value) && !ownVariables.test(name);
  });
  return Object.fromEntries(kept);
}

function isSecret(name: string, value: string): boolean {
  if (folderVariables.test(name)) return false;
  return secretWords.test(name) || secretEndings.test(name) || redactSecrets(value) !== value;
}
