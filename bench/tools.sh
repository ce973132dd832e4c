#!/bin/sh
# What Pacemaker's tools wait for, with a daemon of its own:
#   tools.sh NODE FAKE-CLUSTER TOOL-ROUNDS COUNT KEY OUTPUT DAEMON SMALL
# Starts the daemon and the fake cluster, calls each tool COUNT times, prints one line of JSON. SMALL stands before the
# names of small tools: their folder with a slash, or nothing where Pacemaker's own take their place.
set -eu
node=$1 cluster=$2 rounds=$3 count=$4 key=$5 output=$6 daemon=$7 small=$8

PCMK_authkey_location=$key PCMK_remote_address=127.0.0.1 "$daemon" </dev/null >>"$output" 2>&1 &
daemon_pid=$!
mkfifo /run/bench-cluster-in
"$node" "$cluster" --key-file "$key" <>/run/bench-cluster-in >/run/bench-cluster-out &
cluster_pid=$!
trap 'kill $cluster_pid $daemon_pid 2>/dev/null || true' EXIT
tries=0
until grep -q ready /run/bench-cluster-out; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { echo 'the fake cluster is not connected' >&2; exit 1; }
  sleep 0.1
done

figure() { # NAME COUNT COMMAND...
  name=$1 times=$2
  shift 2
  "$rounds" spawn 3 "$@" >/dev/null # the first ones read files and compile
  printf '"%s":%s' "$name" "$("$rounds" spawn "$times" "$@")"
}

attrd_updater -n bench -U 1
"$rounds" query 200 bench >/dev/null
printf '{"raw":%s,' "$("$rounds" query $((count * 20)) bench)"
figure attrd_updater "$count" attrd_updater -n bench -Q
printf ','
figure crm_node "$count" crm_node -n
printf ','
figure crm_attribute "$count" crm_attribute -t status -n bench -G
printf ','
figure cibadmin "$count" cibadmin -Q
printf ','
figure small_crm_node "$count" "${small}crm_node" -n
printf ','
figure small_attrd_updater "$count" "${small}attrd_updater" -n bench -U 1
printf ','
figure small_crm_attribute "$count" "${small}crm_attribute" -t status -n bench -G
printf ','
{
  echo '<configuration><crm_config><cluster_property_set id="large">'
  seq 8000 | sed 's|.*|<nvpair id="large-&" name="name-&" value="of a configuration that is large, & times and more than once"/>|'
  echo '</cluster_property_set></crm_config><nodes/><resources/><constraints/></configuration>'
} >/run/bench-large.xml
cibadmin --replace -o configuration --xml-file /run/bench-large.xml
large=$((count / 10))
figure cibadmin_large $((large > 3 ? large : 3)) cibadmin -Q
printf '}\n'
