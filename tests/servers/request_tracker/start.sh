#!/usr/bin/env bash
# A Request Tracker 5 of its own, on this machine's loopback, with tickets of the past: for the tests marked
# `server`. It installs Debian's packages where they are missing (only that needs root), keeps everything else in
# one folder, and touches neither the package's configuration nor its database. Running it again is cheap: a
# server that answers is left alone, a database that was seeded is used again.
#
#   PHASEWISE_RT5_ENV=$(tests/servers/request_tracker/start.sh)     # prints the file with address and keys
#   tests/servers/request_tracker/start.sh --stop                   # ends the server; --drop forgets its folder
#
# RT5_FOLDER  where it lives             (default: phasewise-rt5 in the folder for temporary files)
# RT5_PORT    its port, 0 = a free one   (default: 0)
# RT5_TICKETS how many tickets it holds  (default: 320)
set -euo pipefail

folder=${RT5_FOLDER:-${TMPDIR:-/tmp}/phasewise-rt5}
port=${RT5_PORT:-0}
tickets=${RT5_TICKETS:-320}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
env_file=$folder/env
say() { printf '%s\n' "$*" >&2; }

stop() {
  [ -s "$folder/server.pid" ] || return 0
  local pid; pid=$(cat "$folder/server.pid")
  # Only what we started: a number may belong to somebody else by now.
  if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q rt-server; then
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  fi
  rm -f "$folder/server.pid"
}

answers() {
  [ -s "$env_file" ] || return 1
  # shellcheck disable=SC1090
  (. "$env_file" && perl -MHTTP::Tiny -e '
    my ($url, $token) = @ARGV;
    my $answer = HTTP::Tiny->new(timeout => 20)->get("$url/REST/2.0/rt", {headers => {Authorization => "token $token"}});
    exit($answer->{success} ? 0 : 1)' "$RT5_URL" "$RT5_ADMIN_TOKEN")
}

install_packages() {
  dpkg -s request-tracker5 rt5-standalone libdbd-sqlite3-perl >/dev/null 2>&1 && return 0
  [ "$(id -u)" = 0 ] || { say "request-tracker5, rt5-db-sqlite and rt5-standalone must be installed: run this as root once"; exit 1; }
  say "installing Request Tracker 5"
  export DEBIAN_FRONTEND=noninteractive
  printf '%s\n' \
    'request-tracker5 request-tracker5/dbconfig-install boolean false' \
    'request-tracker5 request-tracker5/install-cronjobs boolean false' \
    'request-tracker5 request-tracker5/initial-root-password password not-used-here' | debconf-set-selections
  if [ ! -e /usr/sbin/policy-rc.d ]; then  # no daemon that comes along may start by itself
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
  fi
  apt-get update -q >&2
  apt-get install -yq --no-install-recommends request-tracker5 rt5-db-sqlite rt5-standalone >"$folder/apt.log" 2>&1 \
    || { tail -20 "$folder/apt.log" >&2; exit 1; }
}

# Never as root, and with our configuration alone.
as_server=(env RT_SITE_CONFIG="$folder/RT_SiteConfig.pm" RT_SITE_CONFIG_DIR="$folder/none" HOME="$folder")
[ "$(id -u)" != 0 ] || as_server+=(setpriv --reuid www-data --regid www-data --clear-groups)

configure() {
  mkdir -p "$folder/mason_data" "$folder/sessions"
  [ "$(id -u)" != 0 ] || chown -R www-data: "$folder"
  cat >"$folder/RT_SiteConfig.pm" <<PERL
Set(\$rtname, 'rt.test');         Set(\$Organization, 'rt.test');
Set(\$WebDomain, '127.0.0.1');    Set(\$WebPort, ${1:-80});   Set(\$WebPath, '');
Set(\$WebBaseURL, 'http://127.0.0.1:${1:-80}');  Set(\$WebURL, 'http://127.0.0.1:${1:-80}/');
Set(\$WebSecureCookies, 0);       Set(\$RestrictReferrer, 0);
Set(\$DatabaseType, 'SQLite');    Set(\$DatabaseName, '$folder/rt.db');
Set(\$MailCommand, 'testfile');   Set(\$RecordOutgoingEmail, 1);
Set(\$LogToSyslog, undef);        Set(\$LogToSTDERR, 'error');
# Not UTC: users without a zone of their own are asked for dates in this one, and nobody tells them.
Set(\$Timezone, 'America/New_York');
\$RT::MasonDataDir = '$folder/mason_data';  \$RT::MasonSessionDir = '$folder/sessions';
\$RT::VarPath = '$folder';
Set(%ServiceAgreements, Default => 'Standard', Levels => {
  Critical => { Response => { RealMinutes => 60 },      Resolve => { RealMinutes => 240 } },
  Standard => { Response => { BusinessMinutes => 240 }, Resolve => { BusinessMinutes => 60 * 8 * 3 } },
  Low      => { Resolve  => { BusinessMinutes => 60 * 8 * 10 } },
  Callback => { Response => { RealMinutes => 120 } },
});
1;
PERL
}

make_database() {
  [ -e "$folder/seeded-$tickets" ] && return 0
  say "making a database with $tickets tickets"
  stop
  rm -rf "$folder"/{rt.db*,seeded-*,keys,mason_data,sessions}
  configure
  "${as_server[@]}" /usr/sbin/rt-setup-database-5 --action init --dba '' --dba-password '' >"$folder/setup.log" 2>&1 \
    || { tail -20 "$folder/setup.log" >&2; exit 1; }
  "${as_server[@]}" perl "$here/seed.pl" "$tickets" >"$folder/keys"
  touch "$folder/seeded-$tickets"
}

start() {
  stop
  [ "$port" != 0 ] || port=$(perl -MIO::Socket::INET -e \
    'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 0)->sockport')
  configure "$port"
  { cat "$folder/keys"; printf 'RT5_URL=http://127.0.0.1:%s\nRT5_DATABASE=%s/rt.db\nRT5_SERVER=%s\n' "$port" "$folder" "$here"; } >"$env_file"
  # shellcheck disable=SC2016  # the inner shell writes its own number and becomes the server
  setsid bash -c 'echo $$ >"$1"; shift; exec "$@"' _ "$folder/server.pid" "${as_server[@]}" \
    /usr/share/request-tracker5/libexec/rt-server --host 127.0.0.1 --port "$port" --max-workers 3 \
    >"$folder/server.log" 2>&1 </dev/null &
  disown
  for _ in $(seq 90); do answers && return 0; sleep 0.5; done
  say "the server does not answer:"; tail -20 "$folder/server.log" >&2; exit 1
}

case ${1:-} in
  --stop) stop; exit 0 ;;
  --drop) stop; rm -rf "$folder"; exit 0 ;;
  '') ;;
  *) say "unknown: $1"; exit 2 ;;
esac
mkdir -p "$folder/none"
install_packages
make_database
answers || start
echo "$env_file"
