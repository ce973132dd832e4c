/** A server of NFSv4 alone, whose root is the guest's export disk. */
export const V4 = {
  engine: 'kernel',
  nfsv4_only: 'yes',
  export_path: '/srv/export',
  pseudo: '/',
  clients: '*',
  export_options: 'insecure',
  squash: 'No_Root_Squash',
  grace_period: 10,
  lease_lifetime: 10,
} as const;

/** Both versions, with the ports that lead out of the guest. */
export const BOTH = {
  engine: 'kernel',
  export_path: '/srv/export',
  clients: '*',
  export_options: 'insecure',
  squash: 'No_Root_Squash',
  grace_period: 10,
  lease_lifetime: 10,
  mountd_port: 20_048,
  statd_port: 32_765,
  statd_outgoing_port: 32_766,
  lockd_tcp_port: 32_803,
  lockd_udp_port: 32_769,
} as const;
