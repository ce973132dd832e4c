# What the fakes of the cluster tools share. Each answers as that of Pacemaker 2.1.5 does in a cluster of this node alone. What
# they are told lies beside them: attributes in `state`, each call as a line of `calls`; `resources` is what a cluster knows of
# its resources, written by who runs the agent. A POSIX shell and coreutils are all they need, and a call takes milliseconds.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables of the tools

here=${0%/*}
tool=${0##*/}
newline='
'
# Between the fields of a line. Tabs would swallow empty ones.
between=$(printf '\037')
# Agents may run a tool as another user later.
umask 0
# What an agent has exported under these names is not meant for us.
unset all attribute command daemon destination fallback format host is_score key_wanted kind known_role of_owner parameter path \
  pid_file quiet resource scope usage_exit wanted where

# ---- Text

# In $text: $1 with $3 in place of each $2.
replace() {
  text=''
  rest=$1
  while :; do
    case $rest in
    *"$2"*)
      text=$text${rest%%"$2"*}$3
      rest=${rest#*"$2"}
      ;;
    *)
      text=$text$rest
      return
      ;;
    esac
  done
}

# In $text: $1 as one word of a shell, on one line.
quote() {
  case $1 in
  '' | *[!A-Za-z0-9_./:=@%+,-]*)
    replace "$1" "'" "'\\''"
    replace "$text" "$newline" "'\$'\\n''"
    text="'$text'"
    ;;
  *) text=$1 ;;
  esac
}

# In $text: $1 as a value in XML.
xml() {
  replace "$1" '&' '&amp;'
  replace "$text" '<' '&lt;'
  replace "$text" '>' '&gt;'
  replace "$text" '"' '&quot;'
}

say() { printf '%s\n' "$*"; }

# Ends with $1 and a message.
fail() {
  code=$1
  shift
  printf '%s\n' "$*" >&2
  exit "$code"
}

not_faked() { fail 64 "$tool: $1 is not among what this fake of the conformance runner can; --live uses the real tools"; }

no_such() { fail 105 "${1:-$tool: Error performing operation}: No such device or address"; }

# ---- What is kept: lines of section, owner, name, value. The owner is a node, or a resource, or nobody.

# In $value, if it is there.
get() {
  while IFS=$between read -r section owner key value; do
    [ "$section$between$owner$between$key" = "$1$between$2$between$3" ] && return 0
  done <"$here/state"
  return 1
}

# With three arguments: it is there no longer.
put() {
  replace "${4-}" "$newline" ' '
  kept=$text
  lock
  {
    while IFS= read -r line; do
      case $line in
      "$1$between$2$between$3$between"*) ;;
      *) say "$line" ;;
      esac
    done <"$here/state"
    [ $# -eq 3 ] || say "$1$between$2$between$3$between$kept"
  } >"$here/state.$$" && mv "$here/state.$$" "$here/state"
  kept=$?
  rmdir "$here/lock" 2>/dev/null
  [ $kept -eq 0 ] || fail 1 "$tool: what it is told can't be kept"
}

# Who was killed meanwhile left the lock: after two seconds it is nobody's.
lock() {
  tries=0
  until mkdir "$here/lock" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -gt 100 ] && return
    sleep 0.02
  done
}

# In $node: this node. The cluster tells each agent where it runs.
own_node() { node=${OCF_RESKEY_CRM_meta_on_node:-$(uname -n)}; }

# ---- Options, as GLib reads them

# $1 names them: letter, colon, name, and = where there is a value, ? where it may be left out. The others are the command line.
# Each goes to the function TOOL_option, with its value.
read_options() {
  replace "$1" "$newline" ''
  known=" $text "
  shift
  while [ $# -gt 0 ]; do
    given=$1
    shift
    case $given in
    --) return ;;
    --*)
      name=${given#--}
      one_option "${name%%=*}" "$name" "$@"
      ;;
    -?*)
      letters=${given#-}
      while [ -n "$letters" ]; do
        more=${letters#?}
        letter=${letters%"$more"}
        case $known in
        *" $letter:"*) name=${known#*" $letter:"} ;;
        *) fail "${usage_exit:-64}" "$tool: Unknown option -$letter" ;;
        esac
        name=${name%%[ =?]*}
        taken=0
        case $known in
        *":$name= "* | *":$name? "*)
          # The rest of the word is the value.
          one_option "$name" "$name${more:+=$more}" "$@"
          more=''
          ;;
        *) one_option "$name" "$name" "$@" ;;
        esac
        letters=$more
      done
      ;;
    esac
    [ "${taken:-0}" -eq 0 ] || shift
    taken=0
  done
}

# $1 is its name, $2 as it was given, behind it what follows on the command line. $taken: whether the next word was its value.
one_option() {
  taken=0
  long=$1
  whole=$2
  shift 2
  case $known in
  *":$long= "*)
    case $whole in
    *=*) "${tool}_option" "$long" "${whole#*=}" ;;
    *)
      [ $# -gt 0 ] || fail "${usage_exit:-64}" "$tool: Missing argument for $given"
      taken=1
      "${tool}_option" "$long" "$1"
      ;;
    esac
    ;;
  *":$long? "*)
    case $whole in
    *=*) "${tool}_option" "$long" "${whole#*=}" ;;
    *)
      case ${1--} in
      -*) "${tool}_option" "$long" ;;
      *)
        taken=1
        "${tool}_option" "$long" "$1"
        ;;
      esac
      ;;
    esac
    ;;
  *":$long "*) "${tool}_option" "$long" ;;
  *) fail "${usage_exit:-64}" "$tool: Unknown option $given" ;;
  esac
}

# What all of them know.
common_option() {
  case $1 in
  version)
    say 'Pacemaker 2.1.5'
    exit 0
    ;;
  help | help-all)
    say "$tool: a fake of the conformance runner, as Pacemaker 2.1.5 answers"
    exit 0
    ;;
  output-as) [ "$2" = text ] || not_faked "--output-as=$2" ;;
  esac
}

# ---- What has been asked

record=$tool
for word in "$@"; do
  quote "$word"
  record="$record $text"
done
say "$record" >>"$here/calls"
