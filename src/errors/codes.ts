/** Every error code with what a person can do about it. `docs/errors.md` is made from this table. */
export const ERROR_CODES = {
  CONFIG_INVALID:
    'Correct the option or variable that the message names; --help and docs/options.md list what is allowed',
  LISTEN_FAILED: 'Free the port or choose another with PCMK_remote_port or --port; check PCMK_remote_address',
  GNUTLS_MISSING:
    'Install GnuTLS: libgnutls30 (Debian 12), libgnutls30t64 (Debian 13), gnutls (RHEL, Alpine)',
  GNUTLS_FAILED:
    'Report it with the numeric code: a call of the TLS library failed in a way that should not happen',
  TLS_PRIORITIES_INVALID:
    'Correct PCMK_tls_priorities; `gnutls-cli --priority STRING --list` shows whether GnuTLS takes it',
  CERTIFICATES_INVALID:
    'Correct the file that the message names (PCMK_ca_file, PCMK_cert_file, PCMK_key_file, PCMK_crl_file): PEM, the ' +
    'key not encrypted; `certtool --certificate-info --infile FILE` shows what is in it',
  TLS_HANDSHAKE_FAILED: 'Compare the key (or certificates) and PCMK_tls_priorities of both ends',
  TLS_HANDSHAKE_TIMEOUT: 'Look at the peer: it connected but did not finish the handshake in time',
  CONNECT_FAILED: 'Check address, port and firewall, and that the daemon is running',
  CONNECTION_LOST: 'Look at the log of the other end; connect again',
  FRAME_INVALID:
    'The peer does not speak the Pacemaker Remote protocol, or a byte was lost; nothing to configure',
  FRAME_TOO_LARGE: 'Send less in one message: the limit is 20 MiB',
  MESSAGE_TOO_LARGE:
    'Give the local tool a larger buffer: PCMK_ipc_buffer in its environment, in bytes (Pacemaker up to 3.0.0)',
  MESSAGE_INVALID: 'The peer sent something that is not a request of the protocol; look at its version',
  REQUEST_REFUSED: 'The daemon refused the request; the numeric code says why',
  REQUEST_TIMEOUT: 'The daemon did not answer in time; look at its log and load',
  BUS_UNAVAILABLE:
    'Classes systemd and service need the system bus: run D-Bus and systemd here, or use another class; DBUS_SYSTEM_BUS_ADDRESS says where it is',
  BUS_CALL_FAILED:
    'Read what systemd says: `systemctl status UNIT` and the journal tell more; the cluster tries again',
  METADATA_UNAVAILABLE: 'Check class, provider and type of the agent; run its action meta-data by hand',
  CASES_INVALID:
    'Correct the lines of the cases file that the message names; docs/conformance/cases.md tells of every field',
  AGENT_NOT_FOUND:
    'Check the name or path of the agent and that its file is executable; OCF_ROOT says where agents lie',
  SANDBOX_UNAVAILABLE:
    'Run it as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces); install unshare, setpriv and mount (util-linux); --in-place goes without a sandbox',
  UNIT_UNAVAILABLE:
    'Units are checked as root, on a machine that systemd runs, with --in-place, and stopped before: checks start, kill and stop them',
  PLACE_BUSY: 'Wait for the end of the other `bundlet conformance --in-place`, or leave --in-place out',
  NO_SUCH_RESOURCE: 'Name one of the resources that the message lists; `bundlet resources` shows them',
  FORCE_NEEDED:
    'Stop or start it through the cluster; with --force it is done by hand, and the cluster takes it for a failure',
  TOO_MANY_REQUESTS: 'Wait for answers before asking for more',
  READER_TOO_SLOW: 'Read faster, or watch less: a resource alone, or a less detailed level',
  DAEMON_FAULT: 'Report it with the line of the log that says control.failed',
  NOT_SUPPORTED: 'Ask another daemon, or a newer one: this one can not tell that',
  DAEMON_UNREACHABLE:
    'Run it in the container, as root or as the user of the daemon; BUNDLET_CONTROL_SOCKET or --socket says where its socket is, `bundlet doctor` what is wrong',
  DEFINITION_INVALID:
    'Correct the element or attribute that the message names; docs/solo.md tells of all that solo mode understands',
  OUTPUT_FAILED: 'Make room on the disk, or name another file',
  ABORTED: 'The caller gave up waiting',
} as const;

/** Stable word for a kind of error. */
export type ErrorCode = keyof typeof ERROR_CODES;
