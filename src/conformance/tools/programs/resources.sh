# What the cluster knows of its resources.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables of common.sh

# Calls $1 for each resource that the cluster knows, with $id, $agent, $role, $active.
each_resource() {
  while IFS=$between read -r id agent role; do
    active=true
    [ "$role" = Stopped ] && active=false
    "$1"
  done <"$here/resources"
}
