# The way of a cluster to a daemon, looked at from the other end; then with another key.
bundlet doctor --host 127.0.0.1 --authkey authkey
bundlet doctor --host 127.0.0.1 --authkey another-key
