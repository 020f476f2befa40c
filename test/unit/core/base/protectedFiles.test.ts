import { describe, expect, test } from 'vitest';
import { isProtected } from '../../../../src/core/base/protectedFiles.ts';
import { isSecretContent } from '../../../../src/core/tools/workspace/secretContent.ts';

function isWithheld(path: string): boolean {
  const segments = path.replace(/\/$/, '').split('/');
  return isProtected(segments, path.endsWith('/') ? 'folder' : 'file');
}

describe('by file name', () => {
  test.each([
    ...['.env', '.env.local', '.ENV.production', '.envrc', 'deploy/.env/x', 'prod.env', '.env/'],
    ...['server.pem', 'certs/server.KEY', 'vault.kdbx', 'store.p12', 'office.ovpn'],
    ...['id_rsa', 'id_ed25519.pub', 'id_rsa.bak', 'id_work', 'deploy/id_work.pub'],
    ...['.ssh/config', '.SSH/known_hosts', '.\u017fsh/config', '.s\u200bsh/config', '.ssh/'],
    ...['.aws/credentials', '.git/config', 'sub/.Git/HEAD', '.git', '.kube/config'],
    ...['.npmrc', 'npmrc', 'app/.netrc', '.git-credentials', '.yarnrc.yml', '.pypirc'],
    ...['credentials', 'config/credentials.json', 'secret.yml', 'client_secret_123.json'],
    ...['secrets.yml', 'secrets.tf', 'secrets.py', '.secrets', 'docs/secrets.md'],
    ...['terraform.tfvars', 'prod.auto.tfvars', 'prod.tfvars.json', 'terraform.tfstate'],
    ...[
      'terraform.tfstate.backup',
      '.terraform/terraform.tfstate',
      'old.tfstate.1700000000.backup',
    ],
    ...['service-account.json', 'my_service_account.json', 'serviceAccountKey.json'],
    ...['gcp-credentials.json', 'aws_credential.json', 'credentials-prod.json'],
    ...['shop-firebase-adminsdk-x1.json', 'application_default_credentials.json'],
    ...['kubeconfig', 'kubeconfig.yaml', 'kubeconfig-prod', 'prod.kubeconfig'],
    ...['.config/gh/hosts.yml', '.config/gh/', 'home/.config/GH/config.yml', 'gh/hosts.yml'],
    ...['.config/gcloud/x.db', '.docker/config.json', '.dockercfg', 'docker-config.json'],
  ])('%s is withheld', (path) => {
    expect(isWithheld(path)).toBe(true);
  });

  test.each([
    ...['.netrc~', '.netrc.bak', '.npmrc.old', 'server.pem.bak', 'server.pem~', '.server.pem.swp'],
    ...['server copy.pem', 'server (1).pem', 'server.pem (2)', 'Copy of server.pem', 'id_rsa copy'],
    ...['server-backup.key', 'id_rsa.2024-05-01', 'id_work.orig', '#.netrc#', '.#secrets.yml'],
    ...['credentials.json.1', 'prod.env.save', 'server.pem.bak~', 'kubeconfig_old'],
    ...['credentials.json.disabled', 'terraform.tfvars.tmp', '.env.bak'],
  ])('%s is a copy of a withheld file and is withheld', (path) => {
    expect(isWithheld(path)).toBe(true);
  });

  test.each([
    ...['src/environment.ts', 'id_generator.ts', 'identity', 'src/env.ts', 'env/settings.ts'],
    ...['.github/workflows/ci.yml', '.gitignore', '.gitattributes', '.config/prettier.json'],
    ...['keyboard.ts', 'key', 'pem', 'monkey.txt', 'README.md', 'src/config.bak'],
    ...[
      'src/credentials.ts',
      'src/CredentialStore.json',
      'src/secret.ts',
      'docs/service-accounts.md',
    ],
    ...['credentials/', 'credentials/index.ts', 'id_service/', 'id_service/main.go'],
    ...['secrets/', 'secrets/reader.ts', 'kubeconfig/', 'kubeconfig/parse.go', 'npmrc/read.ts'],
    ...['main.tf', 'src/gh/api.ts', 'docker/config.json', 'src/hosts.yml', 'copy.ts'],
  ])('%s is not withheld', (path) => {
    expect(isWithheld(path)).toBe(false);
  });
});

describe('by content', () => {
  test.each([
    '-----BEGIN PRIVATE KEY-----\nMII',
    '\n-----BEGIN OPENSSH PRIVATE KEY-----\n',
    '-----BEGIN PGP PRIVATE KEY BLOCK-----',
    'PuTTY-User-Key-File-3: ssh-ed25519',
    '{ "type": "service_account", "project_id": "x" }',
    '{\n  "private_key": "-----BEGIN PRIVATE KEY-----\\n"\n}',
    '\n\n  { "type": "service_account" }',
    'apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: abc\n',
  ])('%j is withheld', (text) => {
    expect(isSecretContent(text)).toBe(true);
  });

  test.each([
    '',
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----',
    "const start = '-----BEGIN PRIVATE KEY-----';",
    '{ "type": "module", "private_key_id": 3 }',
    'A key is JSON: { "type": "service_account" }',
    'kind: Config\nmetadata:\n  name: a\n',
    'kind: ConfigMap\ndata:\n  token: abc\n',
  ])('%j is not withheld', (text) => {
    expect(isSecretContent(text)).toBe(false);
  });
});
