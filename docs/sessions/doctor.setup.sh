head -c 4096 /dev/urandom >authkey
head -c 4096 /dev/urandom >another-key
PCMK_authkey_location=$PWD/authkey PCMK_remote_pid1=full pacemaker-remoted >container.log 2>&1 &
bundlet wait ready --timeout 20s
