const monitor = `  --url URL       where the monitor is; else SERVICE_REGISTRY_URL, else http://127.0.0.1:8765
  --key KEY       a key of the monitor; better given as SERVICE_REGISTRY_KEY, where other users do not see it
  -h, --help      this text`

export const usage = {
  all: `stillbeat: tell a monitor that something is alive, and ask it what is not

  stillbeat beat KEY                    one heartbeat
  stillbeat exec KEY -- COMMAND…        run a command, and tell when it started and how it ended
  stillbeat status [KEY]                a table of all services; exit code 1 when something is down
  stillbeat backup FILE                 a backup of the monitor itself

  stillbeat beat|exec|status|backup --help   more of each
  stillbeat --version

KEY is the name of a service; its first heartbeat registers it. If it begins with "-", write -- before it, as in
stillbeat beat -- -x and stillbeat exec -- -x -- COMMAND.
SERVICE_REGISTRY_URL says where the monitor is (http://127.0.0.1:8765), SERVICE_REGISTRY_KEY its key, if it has one.`,

  beat: `stillbeat beat KEY [--metadata JSON]

Sends one heartbeat. Exit code 0: it is stored; 1: it is not, and stderr says why; 2: it was not sent, as an argument is wrong.

  --metadata JSON an object to remember with it, e.g. --metadata '{"version":"1.2"}'
${monitor}`,

  exec: `stillbeat exec KEY [--quiet] -- COMMAND…

Runs COMMAND just as it is given, without a shell, and tells the monitor when it started and whether it succeeded, with
its duration, its exit code and the last 10 kB of what it wrote. Why it failed is the last line of its stderr, else of its
stdout. Nothing of it is changed: it reads the same input, what it
writes is passed on byte for byte, signals reach it, and its exit code is that of stillbeat (127: not found, 126: cannot
be run, 128 + n: ended by signal n). It also runs when the monitor is away; stderr then has a line at the end.

  -q, --quiet     not even that line
${monitor}

In a crontab:  0 3 * * *  stillbeat exec backup -- /usr/local/bin/backup --all
With a shell:  stillbeat exec report -- sh -c 'make report | mail -s report me@example.org'`,

  status: `stillbeat status [KEY] [--group GROUP] [--json]

Shows all services, or one, or those of a group: what is down first. Exit code 1: something that is not paused is down or
dead; 2: the monitor could not be asked, or knows no such service; 0: neither.

  --group GROUP   only this group
  --json          the answer of GET /status as it is
${monitor}`,

  backup: `stillbeat backup FILE

Writes a backup of the monitor's embedded database to FILE (- for the standard output) while the monitor goes on working.
Its key has to be one of full access. Exit code 0: it is whole; 1: there is none, and FILE is as it was. Restoring is
done where the server is, after stopping it: npm run restore -- FILE
${monitor}`,
}
