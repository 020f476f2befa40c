/**
 * Programs that run what their arguments say, or take it anywhere. No pattern covers them, for a pattern
 * says nothing of the arguments that it leaves open.
 */
const runsItsArguments: ReadonlySet<string> = new Set(
  [
    // Shells and what they bring along.
    'ash bash cmd command csh dash elvish eval exec fish ksh mksh nu powershell pwsh rbash sh source',
    'tcsh xonsh yash zsh . builtin alias trap export declare typeset local readonly set unset enable',
    'hash bind complete cd pushd popd shopt start call iex',
    // Interpreters.
    'awk gawk mawk nawk bc bun clisp coffee deno elixir erl escript expect gdb lldb ghci groovy guile',
    'iex irb java jjs jrunscript jshell julia kotlin lua luajit mono nodejs node ocaml octave perl php pry',
    'psql mysql sqlite3 mongosh redis-cli python python2 python3 pypy pypy3 ipython r racket raku',
    'rscript ruby runghc sbcl scala scheme sed swift tclsh ts-node tsx wish osascript cscript wscript mshta',
    'rundll32 regsvr32 msbuild installutil vim vi nvim emacs ed ex nano less more man most view',
    // What runs another program.
    'ansible at batch busybox chroot chrt cpulimit crontab dbus-run-session direnv doas dotenv entr env',
    'fakeroot find fd fdfind firejail flock gtimeout ionice make gmake just task mise asdf nice nohup nsenter',
    'numactl parallel pkexec proot pv run-parts runuser screen script setarch setpriv setsid sg',
    'stdbuf strace ltrace su sudo systemd-run taskset time timeout tmux toybox unbuffer unshare valgrind',
    'watch watchexec watchman xargs xvfb-run nodemon npx pnpx bunx uvx pipx dlx docker podman nerdctl kubectl',
    'vagrant lxc wsl qemu chronic concurrently cross-env dotenvx nix nix-shell',
    // Compilers, which take plug-ins, other tools and other places from their arguments.
    'as c++ cc clang clang++ g++ gcc javac ld rustc',
    // What reaches other machines.
    'aria2c curl curlie dig drill ftp gh glab host http https httpie lftp lynx links w3m mail mailx nc ncat',
    'netcat nslookup ping rclone rsync scp sendmail sftp ssh socat telnet tftp wget xh aws az gcloud',
    // What writes wherever its arguments say.
    'chmod chown cp dd install ln mkfifo mv rm rmdir shred tar tee touch truncate unzip zip 7z cpio patch',
  ]
    .join(' ')
    .split(' '),
);

/** Versions of interpreters: `python3.12`, `lua5.4`, `node22`. */
const versionEnding = /[-.]?[0-9][0-9.]*$/;

/** Whether no pattern may cover a program, whatever its other words. */
export function runsAnything(program: string): boolean {
  const name = program.toLowerCase().replace(/\.(?:exe|cmd|bat|com|ps1)$/, '');
  return runsItsArguments.has(name) || runsItsArguments.has(name.replace(versionEnding, ''));
}

/** Programs that are many programs: their first word says which. */
const hasSubcommands: ReadonlySet<string> = new Set(
  (
    'apt apt-get brew bundle cargo composer conda corepack dnf dotnet flutter gem git go gradle hg lerna ' +
    'hatch mix mvn npm nx pip pip3 pipenv pixi pnpm poetry pacman rake rustup rye svn systemctl terraform ' +
    'turbo uv volta yarn yum'
  ).split(' '),
);

/** Whether a pattern has to name the first word after a program. */
export function needsSubcommand(program: string): boolean {
  return hasSubcommands.has(program);
}

/** Programs whose `run` runs a script of the project, not any program. */
const runsScripts: ReadonlySet<string> = new Set(
  'composer lerna npm nx pnpm turbo yarn'.split(' '),
);

/** First words of programs that keep versions which run other programs or reach other machines. */
const versionSubcommands: ReadonlySet<string> = new Set(
  (
    'am archive bisect clone config daemon difftool fetch filter-branch incoming instaweb ls-remote ' +
    'mergetool outgoing p4 pull push rebase relocate remote send-email submodule svn switch worktree'
  ).split(' '),
);

/** First words of other programs that run what comes after them, or bring packages that run something. */
const packageSubcommands: ReadonlySet<string> = new Set(
  (
    'add alias config console create deploy dlx edit env exec explore generate get global i in init install ' +
    'it link login node pack plugin publish reinstall run self set-script shell tool up update upgrade upload x'
  ).split(' '),
);

/** Whether `npm exec` and the like: what follows may be any program, package or server. */
export function isReachingSubcommand(program: string, word: string): boolean {
  if (['git', 'hg', 'svn'].includes(program)) return versionSubcommands.has(word);
  if (word === 'run') return !runsScripts.has(program);
  return packageSubcommands.has(word);
}

/**
 * Options by which ordinary programs run something else, read other settings, go to another folder or
 * write a file; in small letters, without dashes.
 */
const reachingOptions: readonly string[] = (
  'build buildfile cachedir cachelocation call checkpointaction cmd command compressprogram config ' +
  'configfile configuration coverageprovider cwd declarationdir dir directory editor environment eval exec ' +
  'execdir execpath extdiff file formatter gitdir globalconfig globalsetup hook hookspath hostnamebin ' +
  'httpsproxy import include initfile initscript interpreter load loader loadpath makefile manifestpath ' +
  'nodeoptions ok okdir openfilesinpager out outdir outfile output outputdir outputfile pager paginate ' +
  'parser plugin plugindir plugins pre prefix preload project projectdir proxy rcfile receivepack registry ' +
  'reporter require resolvepluginsrelativeto resolver root rootdir roots rsh rulesdir runner runscript ' +
  'script scriptshell settings settingsfile setup setupfiles shell targetdir testrunner textconv tocommand ' +
  'toolexec transform tsbuildinfofile uploadpack usecompressprogram userconfig worktree workspacedir'
).split(' ');

/** Letters of short options that often mean the same: `-c`, `-e`, `-C`, `-o`, `-O`, `-x`, `-f`, `-p`, `-r`. */
const reachingLetters = /^-[A-Za-z]*[cCeoOxfprBI]/;

/** Whether a word is an option that reaches further than the program named in a rule. */
export function isReachingOption(word: string): boolean {
  if (/^-[^-]/.test(word)) return reachingLetters.test(word);
  if (!word.startsWith('--')) return false;
  const [name = ''] = word.slice(2).toLowerCase().split(/[=.]/);
  const bare = name.replace(/^no-/, '').replaceAll(/[-_]/g, '');
  // Many programs take any beginning of an option's name for it.
  return bare !== '' && reachingOptions.some((option) => option.startsWith(bare));
}
