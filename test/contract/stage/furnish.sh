# shellcheck shell=sh
# Furnishes a root directory (empty for the machine's own) in a private mount namespace: sourced by stage.sh and by
# systemd.sh. What is written below /etc and /usr/lib must already be private there.
#   furnish ROOT FIXTURES
furnish() {
  for dir in run dev/shm var/lib/pacemaker var/log/pacemaker etc/pacemaker; do
    if [ -d "$1/$dir" ]; then mount -t tmpfs -o mode=0755 contract "$1/$dir"; fi
  done
  chmod 1777 "$1/dev/shm"
  mkdir "$1/run/contract"
  if [ -d "$1/var/lib/pacemaker" ]; then
    install -d -m 0750 "$1/var/lib/pacemaker/cores"
    # The users exist only where Pacemaker is installed.
    chown hacluster:haclient "$1/var/lib/pacemaker" "$1/var/lib/pacemaker/cores" 2>/dev/null || true
  fi
  # Agents of the machine where it has them, our small ones of the same name where not.
  for provider in contract heartbeat pacemaker; do
    if [ ! -e "$1/usr/lib/ocf/resource.d/$provider/Dummy" ]; then
      mkdir -p "$1/usr/lib/ocf/resource.d/$provider"
      cp -a "$2/ocf/$provider/." "$1/usr/lib/ocf/resource.d/$provider/"
    fi
  done
  mkdir -p "$1/etc/init.d" "$1/etc/systemd/system"
  cp -a "$2/init.d/." "$1/etc/init.d/"
  cp -a "$2/systemd/." "$1/etc/systemd/system/"
}
