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

const protectedNames: ReadonlySet<string> = new Set([
  '.dockercfg',
  '.git-credentials',
  '.htpasswd',
  '.my.cnf',
  '.netrc',
  '.npmrc',
  '.pgpass',
  '.pypirc',
  '.vault-token',
  '.yarnrc.yml',
  '_netrc',
  'application_default_credentials.json',
  'credentials',
]);

const protectedExtensions: ReadonlySet<string> = new Set([
  'jks',
  'kdbx',
  'key',
  'keystore',
  'p12',
  'p8',
  'pem',
  'pfx',
  'ppk',
]);

/** Settings files that are named after what they hold: `credentials.json`, `secrets.yml`. */
const credentialsFile =
  /^\.?(?:credentials|secrets?|client_secrets?.*)\.(?:csv|ini|json|toml|txt|xml|ya?ml)$/;

/** Private keys as ssh-keygen names them, their backups, and own names without an extension. */
const sshKey = /^id_(?:(?:dsa|ecdsa|ed25519|rsa|xmss).*|[^.]*|[^.]*\.pub)$/;

/**
 * Whether a path below a root leads to something that usually holds credentials. Case does not
 * count, for there are file systems where it does not.
 */
export function isProtected(segments: readonly string[]): boolean {
  return segments.some((segment) => isProtectedName(foldCase(segment)));
}

function isProtectedName(name: string): boolean {
  if (protectedFolders.has(name) || protectedNames.has(name)) return true;
  if (name.startsWith('.env')) return true;
  if (protectedExtensions.has(name.slice(name.lastIndexOf('.') + 1)) && name.includes('.'))
    return true;
  return credentialsFile.test(name) || sshKey.test(name);
}

/** As file systems may compare names: compatibility forms are one (`ſ` is an s), ignorable characters gone. */
function foldCase(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
}
