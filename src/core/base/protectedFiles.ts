import { originalsOf } from './copiedNames.ts';

/** What a name stands for. */
export type EntryKind = 'file' | 'folder';

/** Folders whose content is nobody's to read: they hold credentials or other people's history. */
const protectedFolders: ReadonlySet<string> = new Set([
  '.aws',
  '.azure',
  '.docker',
  '.gcloud',
  '.git',
  '.gnupg',
  '.hg',
  '.kube',
  '.password-store',
  '.ssh',
  '.svn',
]);

/** Folders of programs that keep their tokens in `.config`. */
const protectedConfigFolders: ReadonlySet<string> = new Set([
  'containers',
  'doctl',
  'gcloud',
  'gh',
  'glab-cli',
  'hub',
  'op',
  'rclone',
]);

const protectedNames: ReadonlySet<string> = new Set([
  '.dockercfg',
  '.dockerconfigjson',
  '.git',
  '.git-credentials',
  '.htpasswd',
  '.my.cnf',
  '.netrc',
  '.npmrc',
  '.pgpass',
  '.pypirc',
  '.secrets',
  '.terraformrc',
  '.vault-token',
  '.yarnrc',
  '.yarnrc.yml',
  '_netrc',
  'credentials',
  'kubeconfig',
  'npmrc',
  'secrets',
  'terraform.rc',
]);

const protectedExtensions: ReadonlySet<string> = new Set([
  'env',
  'jks',
  'kdb',
  'kdbx',
  'key',
  'keystore',
  'kubeconfig',
  'ovpn',
  'p12',
  'p8',
  'pem',
  'pfx',
  'ppk',
  'tfvars',
]);

/** Files that are named after what they hold. */
const protectedPatterns: readonly RegExp[] = [
  // Settings: `credentials.json`, `secrets.yml`, `client_secret_123.json`.
  /^\.?(?:credentials|secret)\.(?:csv|db|ini|json|properties|toml|txt|xml|ya?ml)$/,
  /^\.?secrets\./,
  /^client_secrets?.*\.json$/,
  // Keys of service accounts and other credentials, whatever else is in their names.
  /(?:^|[^a-z])(?:credentials?|service[-_. ]?account(?:s|[-_. ]?key)?|firebase[-_. ]?adminsdk)(?:[^a-z].*)?\.json$/,
  // Variables and state of Terraform: both hold passwords as they are.
  /\.tfvars\.json$/,
  /\.tfstate/,
  /^kubeconfig[-_.]/,
  /^docker-?config(?:-.*)?\.json$/,
  // Private keys as ssh-keygen names them, and own names without an extension.
  /^id_(?:(?:dsa|ecdsa|ed25519|rsa|xmss).*|[^.]*|[^.]*\.pub)$/,
];

/**
 * Whether a path below a root leads to something that usually holds credentials; `kind` is what its last
 * name stands for. Case does not count, for there are file systems where it does not.
 */
export function isProtected(segments: readonly string[], kind: EntryKind): boolean {
  const names = segments.map(foldCase);
  return names.some((name, index) => {
    const isFile = kind === 'file' && index === names.length - 1;
    return isProtectedFolder(name, names[index - 1]) || (isFile && isProtectedFile(name, names));
  });
}

function isProtectedFolder(name: string, parent: string | undefined): boolean {
  if (protectedFolders.has(name) || name.startsWith('.env')) return true;
  return parent === '.config' && protectedConfigFolders.has(name);
}

/** A backup or a copy of a secret is one. */
function isProtectedFile(name: string, path: readonly string[]): boolean {
  // The token of the GitHub CLI, where the workspace is a folder of settings itself.
  if (name === 'hosts.yml' && path.at(-2) === 'gh') return true;
  return originalsOf(name).some(
    (original) =>
      original.startsWith('.env') ||
      protectedNames.has(original) ||
      protectedExtensions.has(extensionOf(original)) ||
      protectedPatterns.some((pattern) => pattern.test(original)),
  );
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

/** As file systems may compare names: compatibility forms are one (`ſ` is an s), ignorable characters gone. */
export function foldCase(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
}
