# What crm_attribute and crm_master share [pcmk crm_attribute.c].
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables of common.sh

crm_attribute_option() {
  case $1 in
  query | get-value) command=query ;;
  update | attr-value)
    command=update
    wanted=$2
    ;;
  delete | delete-attr) command=delete ;;
  name | attr-name) attribute=$2 ;;
  pattern) not_faked --pattern ;;
  id | attr-id) not_faked --id ;;
  promotion)
    is_score=yes
    resource=${2-${OCF_RESOURCE_INSTANCE-}}
    [ -n "$resource" ] ||
      fail 64 "$tool: -p/--promotion must be called from an OCF resource agent or with a resource ID specified"
    attribute=master-$resource
    ;;
  node | node-uname) host=$2 ;;
  lifetime | type) where=$2 ;;
  utilization) where=utilization ;;
  default) fallback=$2 ;;
  quiet) quiet=yes ;;
  *) common_option "$@" ;;
  esac
}

# In $section and $owner: where the attribute is [pcmk crm_attribute.c].
place_of_attribute() {
  if [ -z "${where-}" ]; then
    where=crm_config
    [ -n "${host-}" ] && where=forever
    [ -n "${is_score-}" ] && where=reboot
  fi
  owner=''
  case $where in
  reboot | status) section=status ;;
  forever | nodes) section=nodes ;;
  *) section=$where ;;
  esac
  case $section in
  status | nodes | utilization)
    case ${host:-auto} in
    auto | localhost)
      own_node
      owner=$node
      ;;
    *) owner=$host ;;
    esac
    ;;
  esac
}

attribute() {
  place_of_attribute
  in_section=$section of_owner=$owner
  case ${command:-query} in
  update)
    [ -n "${attribute-}" ] || fail 22 "$tool: Error performing operation: Invalid argument"
    put "$in_section" "$of_owner" "$attribute" "$wanted"
    ;;
  delete)
    [ -n "${attribute-}" ] || fail 64 "$tool: Error: must specify attribute name or pattern to delete"
    get "$in_section" "$of_owner" "$attribute" || exit 0
    put "$in_section" "$of_owner" "$attribute"
    [ "$in_section" = status ] || [ -n "${quiet-}" ] || deleted
    ;;
  query)
    if [ -n "${attribute-}" ]; then
      if ! get "$in_section" "$of_owner" "$attribute"; then
        [ -n "${fallback+given}" ] || no_such
        value=$fallback
      fi
      tell_attribute "$attribute"
    else
      all_attributes || no_such
    fi
    ;;
  esac
}

deleted() {
  case $in_section in
  nodes) say "Deleted nodes attribute: id=nodes-1-$attribute name=$attribute" ;;
  *) say "Deleted $in_section option: id=cib-bootstrap-options-$attribute name=$attribute" ;;
  esac
}

tell_attribute() {
  if [ -n "${quiet-}" ]; then say "$value"; else say "scope=$in_section  name=$1 value=$value"; fi
}

all_attributes() {
  found=1
  while IFS=$between read -r section owner key value; do
    if [ "$section" = "$in_section" ] && [ "$owner" = "$of_owner" ]; then
      found=0
      tell_attribute "$key"
    fi
  done <"$here/state"
  return $found
}
