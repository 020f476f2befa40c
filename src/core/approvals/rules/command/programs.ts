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
    'vagrant lxc wsl qemu chronic concurrently cross-env dotenvx',
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
    'mix mvn npm nx pip pip3 pnpm poetry pacman rake rustup svn systemctl terraform turbo uv volta yarn yum'
  ).split(' '),
);

/** Whether a pattern has to name the first word after a program. */
export function needsSubcommand(program: string): boolean {
  return hasSubcommands.has(program);
}

/** First words that run what comes after them. */
const runningSubcommands: ReadonlySet<string> = new Set(
  (
    'exec x dlx explore create init node env bisect filter-branch submodule difftool mergetool rebase config ' +
    'alias generate tool shell console install-scripts set-script run-script-os edit'
  ).split(' '),
);

/** Whether `npm exec` and the like: what follows may be any program. */
export function isRunningSubcommand(word: string): boolean {
  return runningSubcommands.has(word);
}

/**
 * Options by which ordinary programs run something else, read other settings, go to another folder or
 * write a file; without the dashes.
 */
const reachingOptions: ReadonlySet<string> = new Set(
  (
    'eval exec execdir ok okdir call command cmd require import loader script-shell node-options prefix ' +
    'upload-pack receive-pack pager paginate ext-diff textconv open-files-in-pager to-command ' +
    'checkpoint-action use-compress-program rsh config config-file configuration plugin plugins plugin-dir ' +
    'resolve-plugins-relative-to rulesdir output output-file output-dir outfile out outdir out-dir ' +
    'rcfile init-file init-script cwd directory dir git-dir work-tree exec-path shell registry userconfig ' +
    'globalconfig workspace-dir manifest-path target-dir toolexec file makefile include reporter formatter ' +
    'environment setup setupfiles globalsetup editor run-script script hook hooks-path proxy https-proxy ' +
    'interpreter preload ' +
    'project-dir root roots root-dir rootdir load load-path build-file settings settings-file global-settings'
  ).split(' '),
);

/** Letters of short options that often mean the same: `-c`, `-e`, `-C`, `-o`, `-O`, `-x`, `-f`, `-p`, `-r`. */
const reachingLetters = /^-[A-Za-z]*[cCeoOxfpr]/;

/** Whether a word is an option that reaches further than the program named in a rule. */
export function isReachingOption(word: string): boolean {
  if (word.startsWith('--')) {
    const name = word.slice(2).split('=')[0] ?? '';
    const bare = name.toLowerCase().replace(/^no-/, '').split('.')[0] ?? '';
    // Many programs take any beginning of an option's name for it.
    const isPrefix =
      bare.length > 2 && [...reachingOptions].some((option) => option.startsWith(bare));
    return reachingOptions.has(bare) || isPrefix;
  }
  if (!word.startsWith('-') || word === '-') return false;
  return (
    reachingLetters.test(word) ||
    reachingOptions.has(word.slice(1).split('=')[0]?.toLowerCase() ?? '')
  );
}
