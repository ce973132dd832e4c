// How the agents of Debian 12 (resource-agents 4.12, Pacemaker 2.1.5) call the four small tools: every shape of a call
// that stands in one of them, with what the test's cluster has in the place of their own names and values. Left out is
// `crm_attribute -p -v -INFINITY` (pgsql), which 2.1.5 takes apart: recorded.test.ts has it.

export interface AgentCalls {
  /** Below /usr/lib/ocf: resource.d, or lib where a file there calls for the agents. */
  readonly agents: string;
  /** Variables and words, as in a shell. */
  readonly calls: readonly string[];
}

/** What the cluster tells each agent. */
const AGENT = 'OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1';

const SHAPES: readonly AgentCalls[] = [
  {
    agents: 'lib/heartbeat/ocf-shellfuncs (ocf_local_nodename, ocf_promotion_score)',
    calls: [
      'crm_node -n',
      'crm_attribute -p -v 5',
      'crm_attribute -p -D',
      'crm_attribute -p -G -N node-1',
      'crm_attribute -p -D -N node-1',
      'crm_attribute -p -N node-1 -v 100',
      'crm_attribute -p -v 100 -N node-1',
      'crm_master -l reboot -v 5',
      'crm_master -l reboot -D',
      'crm_master -l reboot -G -N node-1',
      'crm_master -l reboot -D -N node-1',
      'crm_master -l reboot -N node-1 -v 100',
      'crm_master -l reboot -v 100 -N node-1',
    ],
  },
  { agents: 'pacemaker/Stateful', calls: ['crm_attribute --promotion -v 5', 'crm_attribute --promotion -D'] },
  {
    agents: 'pacemaker/ping, pacemaker/ifspeed',
    calls: [
      'attrd_updater -D -n pingd -d 5s',
      'attrd_updater -n pingd -B 1000 -d 5s',
      'attrd_updater -n pingd -v 1000 -d 5s',
      'attrd_updater -D -n speed -d 5s -VV',
      'attrd_updater -n speed -B 10 -d 5s -VV',
      'attrd_updater -n speed -v 10 -d 5s -VV',
    ],
  },
  {
    agents: 'pacemaker/HealthCPU, HealthIOWait, HealthSMART, heartbeat/storage-mon',
    calls: ['attrd_updater -n #health-cpu -U red -d 30s', 'attrd_updater -D -n #health-smart -d 5s'],
  },
  {
    agents: 'pacemaker/attribute',
    calls: ['attrd_updater -n old -Q', 'attrd_updater -n old -U 1', "attrd_updater -n old -U ''"],
  },
  {
    agents: 'pacemaker/SysInfo, heartbeat/SysInfo, machine-info, lxd-info',
    calls: [
      "attrd_updater -d 0 -S status -n cpu_info -B 'Intel(R) Xeon(R) @ 2.10GHz'",
      "attrd_updater -d 0s -S status -n os -v 'Linux-6.1 #1 SMP'",
      'attrd_updater -d 0s -D -S state -n machines',
    ],
  },
  {
    agents: 'heartbeat/openstack-info, openstack-cinder-volume, openstack-virtual-ip, openstack-floating-ip',
    calls: [
      'attrd_updater --query -n openstack_id -N node-1',
      'attrd_updater --query -n old -N node-1',
      "attrd_updater -d 0s -n openstack_ports -v '10.0.0.1:p1 10.0.0.2:p2'",
      'attrd_updater -d 0s -D -n openstack_id',
      'attrd_updater -d 0s -D -S state -n openstack_virtual_ip',
    ],
  },
  {
    agents: 'heartbeat/mariadb',
    calls: [
      'attrd_updater -p -n web-gtid -U 0-1-2',
      'attrd_updater -p -N node-1 -n web-gtid -Q',
      'attrd_updater -p -N node-1 -n old -Q',
      'attrd_updater -n web-gtid -N node-1 -D',
      'attrd_updater -p -n web-waiting-for-first-master -U true',
      'attrd_updater -p -n web-waiting-for-first-master -Q',
      'attrd_updater -n web-waiting-for-first-master -D',
    ],
  },
  {
    agents: 'heartbeat/rabbitmq-server-ha',
    calls: [
      'attrd_updater -p --name rabbit-timeouts --node node-1 --query',
      'attrd_updater -p --name rabbit-timeouts --node node-1 --update 1',
      'crm_node -l -p',
      'crm_master -N node-1 -l reboot -v 1000',
      'crm_attribute -N node-1 -l reboot --name t --query',
      'crm_attribute -N node-1 -l reboot --name rabbit-start-time --update 1700000000',
      'crm_attribute -N node-1 -l reboot --name rabbit-master --delete',
    ],
  },
  {
    agents: 'heartbeat/ethmonitor, ovsmonitor, pgsql (state of the WAL receiver)',
    calls: ["attrd_updater -n ethmonitor-eth0 -v 'normal (master)'", 'attrd_updater -D -n ethmonitor-eth0'],
  },
  {
    agents: 'heartbeat/galera, rabbitmq-cluster, mysql, mariadb (attributes of nodes)',
    calls: [
      'crm_node -p',
      'crm_node -q',
      'crm_attribute -N node-1 -l reboot --name galera-bootstrap -v true',
      'crm_attribute -N node-1 -l reboot --name galera-bootstrap -D',
      'crm_attribute -N node-1 -l reboot --name t --quiet',
      'crm_attribute -N node-1 -l reboot --name galera-last-committed --quiet',
      'crm_attribute -N node-1 -l reboot --name t --query -q',
      'crm_attribute -N node-1 -l forever --name rmq-last -v rabbit@node-1',
      'crm_attribute -N node-1 -l forever --query --name loc2 -q',
      'crm_attribute -N node-1 -l forever -n mysql_master_IP -q -G',
    ],
  },
  {
    agents: 'heartbeat/redis, mysql, mariadb (what is replicated)',
    calls: [
      'crm_attribute --type crm_config --name redis_REPL_INFO -s redis_replication -v node-1 -q',
      'crm_attribute --type crm_config --name redis_REPL_INFO -s redis_replication --query -q',
      "crm_attribute --type crm_config --name mysql_REPL_INFO -s mysql_replication -v 'node-1|bin.000001|4'",
      'crm_attribute --node node-1 -l forever --name redis-tunnel-port --query -q',
      'crm_master -N node-1 -l reboot -v 1',
      'crm_master -N node-1 -l reboot -G --quiet',
      'crm_master -N node-1 -l reboot -D',
    ],
  },
  {
    agents: 'heartbeat/pgsql',
    calls: [
      'crm_attribute -l forever -N node-1 -n pgsql-data-status -G -q',
      'crm_attribute -l forever -N node-1 -n pgsql-data-status -v STREAMING|SYNC',
      'crm_attribute -l reboot -N node-1 -n pgsql-xlog-loc -v 0000000003000060',
      'crm_attribute -l reboot -N node-1 -n pgsql-xlog-loc -D',
      'crm_attribute -l reboot -N node-1 -n master-web -G -q',
      'crm_attribute -l reboot -N node-1 -n master-web -v -INFINITY',
    ],
  },
  {
    agents: 'heartbeat/sg_persist, mpathpersist',
    calls: [
      'crm_node -i',
      'crm_node -l',
      'crm_attribute --lifetime=reboot --name=master-web --node=node-1 --update=5',
      'crm_attribute --lifetime=reboot --name=pending --node=node-1 --update=',
      'crm_attribute --lifetime=reboot --name=t --node=node-1 --delete',
      'crm_attribute --lifetime=reboot --name=t --node=node-1 --query --quiet',
    ],
  },
  {
    agents: 'heartbeat/SAPInstance, conntrackd, db2',
    calls: [
      'crm_attribute -n runs_ers_X -v 1 -l reboot',
      'crm_master -v 50 -l reboot',
      'crm_master -v INFINITY -l reboot',
      'crm_master -Q -v 100 -l reboot',
      'crm_master -Q -l reboot -v 1000',
      'crm_attribute -l forever --node=node-1 -n db2hadr_fal -v S0000001.LOG',
      'crm_attribute -l forever -n db2hadr_fal -G --quiet',
    ],
  },
  {
    agents: 'pacemaker/controld, heartbeat/azure-events, azure-events-az, NodeUtilization, Xen',
    calls: [
      'crm_attribute --type=crm_config --name=stonith-enabled --query --quiet --default=true',
      'crm_attribute --type=crm_config --name=no-quorum-policy --query',
      'crm_node --list',
      'crm_attribute --name azure --update 1 --node node-1',
      'crm_attribute --name azure --update 1 --type crm_config',
      'crm_attribute --name loc2 --delete --node node-1',
      "crm_attribute --name azure --query --quiet --default '' --node node-1",
      'crm_attribute -t nodes -N node-1 -n standby -v on --lifetime=forever',
      'crm_attribute --quiet -t nodes --node node-1 -z -n cpu',
      'crm_attribute -t nodes --node node-1 -z -n cpu -v 8',
      'crm_attribute --type nodes --node node-1 -n loc2 -G -q',
    ],
  },
];

/** All of them, as an agent has them. */
export const AGENT_CALLS: readonly string[] = SHAPES.flatMap(({ calls }) =>
  calls.map((call) => `${AGENT} ${call}`),
);
