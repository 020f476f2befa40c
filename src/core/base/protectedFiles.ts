import { originalsOf } from './copiedNames.ts';

/** The kind of an entry. */
export type EntryKind = 'file' | 'folder';

/** Folders that tools must not read, because they contain credentials or history. */
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

/** Folders in `.config` that contain tokens. */
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

/** Names that show that a file contains credentials. */
const protectedPatterns: readonly RegExp[] = [
  // Settings: `credentials.json`, `secrets.yml`, `client_secret_123.json`.
  /^\.?(?:credentials|secret)\.(?:csv|db|ini|json|properties|toml|txt|xml|ya?ml)$/,
  /^\.?secrets\./,
  /^client_secrets?.*\.json$/,
  // Keys of service accounts and other credentials, whatever else is in their names.
  /(?:^|[^a-z])(?:credentials?|service[-_. ]?account(?:s|[-_. ]?key)?|firebase[-_. ]?adminsdk)(?:[^a-z].*)?\.json$/,
  // Terraform variables and state contain unencrypted passwords.
  /\.tfvars\.json$/,
  /\.tfstate/,
  /^kubeconfig[-_.]/,
  /^docker-?config(?:-.*)?\.json$/,
  // Private keys as ssh-keygen names them, and own names without an extension.
  /^id_(?:(?:dsa|ecdsa|ed25519|rsa|xmss).*|[^.]*|[^.]*\.pub)$/,
];

/**
 * Whether a path below a root usually contains credentials. `kind` is the kind of its last name. Ignores case, as
 * some file systems do.
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

/** Whether a file is a protected one, or a backup or copy of one. */
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

/** Folds a name as file systems may do: compatibility forms become one (`ſ` is an s), ignorable characters go. */
export function foldCase(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
}
