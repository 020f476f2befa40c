// Runs a script or a command of this project on a machine that has only Node 18 or newer and npm:
//
//   node scripts/bootstrap.mjs <script.ts | script.js | command> [arguments …]
//
// Installs the dependencies when they are missing or out of date: what package-lock.json names,
// nothing else, and without running a script of any package. Then it runs the script with the Node
// that is one of them (24: it runs TypeScript), with node_modules/.bin first on the PATH.
// Exit code and signals pass through. Uses nothing but Node itself.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = path.join(ROOT, 'node_modules');
const LOCK = path.join(ROOT, 'package-lock.json');
const STAMP = path.join(MODULES, '.interleave-lock');
const WINDOWS = process.platform === 'win32';
const INSTALL_TIMEOUT_MS = 15 * 60_000;

main(process.argv.slice(2));

function main([target, ...args]) {
  if (target === undefined) {
    fail('usage: node scripts/bootstrap.mjs <script or command> [arguments …]');
  }
  installDependencies();
  const node = findNode();
  const env = {
    ...process.env,
    [pathName()]: `${path.join(MODULES, '.bin')}${path.delimiter}${process.env[pathName()] ?? ''}`,
  };
  if (/\.[cm]?[jt]s$/.test(target)) {
    const script = path.resolve(ROOT, target);
    run(node, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, ...args], env, false);
  } else {
    run(target, args, env, WINDOWS);
  }
}

/** Windows calls it Path, and an object has room for both spellings. */
function pathName() {
  return Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
}

function installDependencies() {
  const text = readFileSync(LOCK, 'utf8');
  const lock = JSON.parse(text);
  checkLock(lock);
  const hash = createHash('sha256').update(text).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8').trim() === hash) {
    return;
  }
  if (!isInstalled(lock)) {
    console.error('Installing dependencies (npm ci) …');
    install();
  }
  writeFileSync(STAMP, `${hash}\n`);
}

/** Also with everything installed: what is there must be what package.json asks for. */
function checkLock(lock) {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const locked = lock.packages?.[''] ?? {};
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const names = new Set([
      ...Object.keys(manifest[kind] ?? {}),
      ...Object.keys(locked[kind] ?? {}),
    ]);
    for (const name of names) {
      const [wanted, found] = [manifest[kind]?.[name], locked[kind]?.[name]];
      if (wanted !== found) {
        fail(
          `package-lock.json does not match package.json: ${name} is ${wanted ?? 'not there'} in ` +
            `${kind} of package.json and ${found ?? 'not there'} in the lock file. Nothing was ` +
            'installed. Run `npm install --package-lock-only` and look at what it changes.',
        );
      }
    }
  }
}

/** Whether node_modules already holds what the lock file says: a person may have run npm. */
function isInstalled(lock) {
  const installedLock = path.join(MODULES, '.package-lock.json');
  if (!existsSync(installedLock)) {
    return false;
  }
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages ?? {};
  const wanted = lock.packages ?? {};
  const isSame = (where) =>
    installed[where]?.version === wanted[where]?.version &&
    installed[where]?.integrity === wanted[where]?.integrity;
  return (
    Object.entries(wanted).every(
      ([where, entry]) => where === '' || entry.optional || isSame(where),
    ) && Object.keys(installed).every(isSame)
  );
}

/**
 * Installs exactly what the lock file names, each package checked against its checksum. No package
 * runs a script: none needs to, since every program that is needed is a package of its own.
 */
function install() {
  const result = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.status !== 0) {
    fail(
      `${result.text.trimEnd()}\n\nInstalling the dependencies failed (see above). ` +
        'Nothing but what package-lock.json names is ever installed.',
    );
  }
}

function npm(args) {
  const result = spawnSync('npm', args, {
    cwd: ROOT,
    shell: WINDOWS,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: INSTALL_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const problem = result.error ? `npm could not be run: ${result.error.message}` : '';
  return {
    status: result.status,
    text: `${result.stdout ?? ''}${result.stderr ?? ''}${problem}`,
  };
}

/** The Node from node_modules, else the one that runs this if it can run TypeScript too. */
function findNode() {
  const system = WINDOWS ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const own = path.join(MODULES, name, 'bin', WINDOWS ? 'node.exe' : 'node');
  if (existsSync(own)) {
    return own;
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major >= 24 || (major === 22 && minor >= 18)) {
    return process.execPath;
  }
  return fail(
    `Node 24 is needed and this is Node ${process.versions.node}. There is no package "${name}" in ` +
      'node_modules that would bring it: install Node 24 (https://nodejs.org), or, if ' +
      'package-lock.json names that package, run `npm ci --include=optional`.',
  );
}

function run(command, args, env, shell) {
  const child = spawn(command, args, { stdio: 'inherit', env, shell });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl+C to the child as well, for which twice may mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) {
        child.kill(signal);
      }
    });
  }
  child.on('error', (error) => fail(`${command} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code ?? 1);
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
