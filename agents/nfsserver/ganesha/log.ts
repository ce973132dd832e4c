/**
 * Lines of Ganesha's log that look bad and mean nothing: what it misses, and does not need [4.3: seen at every start
 * without D-Bus, rpcbind and Kerberos].
 */
const MEANINGLESS = [
  /:DBUS :/,
  /Missing RADOS URLs/,
  /A protocol is specified for a CLIENT block/,
  /Cannot register NFS V4 on TCP/,
  /Cannot acquire credentials for principal/,
  /does not specify default realm/,
  /gssd_refresh_krb5_machine_credential/,
  /No export entries found in configuration file/,
  /Not privileged to assign CAP_SYS_RESOURCE/,
];

/** `date time : epoch E : host : program-pid[thread] function :COMPONENT :LEVEL :text` */
const LINE = /\[[^\]]*\] \S+ :[A-Z0-9 _]+ :(WARN|CRIT|MAJ|FATAL) :(.*)$/;

/** What went wrong in Ganesha's own words: the first line of a log that means something. The following are its results. */
export function firstFault(log: string): string | undefined {
  for (const line of log.split('\n')) {
    const text = LINE.exec(line)?.[2]?.trim() ?? '';
    if (text !== '' && !MEANINGLESS.some((pattern) => pattern.test(line))) {
      return text;
    }
  }
  return undefined;
}
