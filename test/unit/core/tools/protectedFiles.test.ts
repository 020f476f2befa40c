import { expect, test } from 'vitest';
import { isProtected } from '../../../../src/core/tools/protectedFiles.ts';

test.each([
  '.env',
  '.env.local',
  '.ENV.production',
  '.envrc',
  'deploy/.env/x',
  'server.pem',
  'certs/server.KEY',
  'vault.kdbx',
  'store.p12',
  'id_rsa',
  'id_ed25519.pub',
  'id_rsa.bak',
  'id_work',
  '.ssh/config',
  '.SSH/known_hosts',
  '.\u017fsh/config',
  '.s\u200bsh/config',
  '.aws/credentials',
  '.git/config',
  'sub/.Git/HEAD',
  '.kube/config',
  '.npmrc',
  'app/.netrc',
  '.git-credentials',
  'credentials',
  'config/credentials.json',
  'secrets.yml',
  'client_secret_123.json',
])('%s is withheld', (path) => {
  expect(isProtected(path.split('/'))).toBe(true);
});

test.each([
  'src/environment.ts',
  'id_generator.ts',
  'identity',
  '.github/workflows/ci.yml',
  '.gitignore',
  'keyboard.ts',
  'key',
  'pem',
  'src/credentials.ts',
  'docs/secrets.md',
  'monkey.txt',
  'README.md',
])('%s is not', (path) => {
  expect(isProtected(path.split('/'))).toBe(false);
});
