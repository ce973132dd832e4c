#!/bin/sh
# Unpacks the programs of another Debian, with all that they need, into a tree of their own; nothing is installed:
#   fetch.sh SUITE DIRECTORY
# The tree is DIRECTORY/root, the version of Pacemaker stands in DIRECTORY/version.
set -eu
suite=$1 dir=$2
apt=$dir/apt
rm -rf "$dir"
mkdir -p "$apt/etc/preferences.d" "$apt/etc/apt.conf.d" "$apt/lists/partial" "$apt/archives/partial" "$dir/root"
: >"$apt/status"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] ${DEBIAN_MIRROR:-http://deb.debian.org/debian} $suite main" >"$apt/etc/sources.list"
cat >"$apt/apt.conf" <<END
Dir::Etc "$apt/etc";
Dir::Etc::sourcelist "$apt/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false"; # a mirror may stand still, and so may sid for a test
END
export APT_CONFIG="$apt/apt.conf"
apt-get -qq update
# The two conflict, so they come one after the other: crm_node is in the first.
for package in pacemaker pacemaker-remote; do
  apt-get -qq -y --download-only install "$package" pacemaker-cli-utils base-files bash coreutils util-linux grep sed
done
for file in "$apt"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$file" | tar -x -C "$dir/root" --keep-directory-symlink
done
dpkg-deb -f "$apt"/archives/pacemaker-cli-utils_*.deb Version >"$dir/version"
rm -rf "$apt"
