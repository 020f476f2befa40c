// Runs a script or a command of this project on a machine that has only Node 18 or newer and npm:
//
//   node scripts/bootstrap.mjs <script.ts | script.js | command> [arguments …]
//
// Installs the dependencies when they are missing or out of date: exactly the packages in
// package-lock.json, without running their scripts. Then runs the script with Node 24 from
// node_modules, which runs TypeScript, and with node_modules/.bin first on the PATH. Passes exit
// code and signals through. Uses only Node itself.

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

/** Windows spells it `Path`, and an environment object can hold both spellings. */
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

/** Checks even when everything is installed: node_modules must match package.json. */
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
          `package-lock.json does not match package.json: ${name} is ${wanted ?? 'missing'} in ` +
            `${kind} of package.json and ${found ?? 'missing'} in the lock file. Nothing was ` +
            'installed. Run `npm install --package-lock-only` and review its changes.',
        );
      }
    }
  }
}

/** Whether node_modules matches the lock file. False after someone ran another npm command. */
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
 * Installs exactly the packages of the lock file and verifies their checksums. Runs no package
 * scripts: every program the project needs comes prebuilt in a package of its own.
 */
function install() {
  const result = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.status !== 0) {
    fail(
      `${result.text.trimEnd()}\n\nInstalling the dependencies failed (see above). ` +
        'Only packages of package-lock.json are ever installed.',
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
  const problem = result.error ? `Could not run npm: ${result.error.message}` : '';
  return {
    status: result.status,
    text: `${result.stdout ?? ''}${result.stderr ?? ''}${problem}`,
  };
}

/** Node from node_modules, else the current Node if it runs TypeScript too. */
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
    `This needs Node 24, and this is Node ${process.versions.node}. node_modules has no package "${name}" ` +
      'with Node 24. Install Node 24 (https://nodejs.org), or, if package-lock.json names that ' +
      'package, run `npm ci --include=optional`.',
  );
}

function run(command, args, env, shell) {
  const child = spawn(command, args, { stdio: 'inherit', env, shell });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl+C to the child too, and a second one may mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) {
        child.kill(signal);
      }
    });
  }
  child.on('error', (error) => fail(`Could not start ${command}: ${error.message}`));
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
