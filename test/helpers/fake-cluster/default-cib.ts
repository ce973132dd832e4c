import type { ClusterNode } from './controller-server.ts';

/** Whom our daemon stands for. */
export const REMOTE_NODE = 'remote-1';

/** Where the cluster runs that is not there. */
export const NODES: readonly ClusterNode[] = [
  { id: '1', name: 'node-1', isRemote: false },
  { id: '2', name: 'node-2', isRemote: false },
  { id: REMOTE_NODE, name: REMOTE_NODE, isRemote: true },
];

const nodeState = (id: string, name: string, history = ''): string =>
  `<node_state id="${id}" uname="${name}" in_ccm="true" crmd="online" join="member" expected="member">${history}</node_state>`;

/** A resource that was started on a node and runs there. */
const started = (node: string, rsc: string, type: string): string => {
  const key = '1:1:0:7c1fb0a2-9a6e-4f4e-8d26-6f0f4a5e1f10';
  const what = `id="${rsc}_last_0" operation_key="${rsc}_start_0" operation="start" interval="0"`;
  const result =
    'call-id="5" rc-code="0" op-status="0" exec-time="5" queue-time="0" last-rc-change="1795000000"';
  const origin = `transition-key="${key}" transition-magic="0:0;${key}" crm_feature_set="3.16.2"`;
  const operation = `<lrm_rsc_op ${what} ${origin} ${result}/>`;
  const resource = `<lrm_resource id="${rsc}" class="ocf" provider="pacemaker" type="${type}">${operation}</lrm_resource>`;
  return `<lrm id="${node}"><lrm_resources>${resource}</lrm_resources></lrm>`;
};

/** Two nodes, a remote node and one resource that runs on it: what the tools need to print something. */
export const DEFAULT_CIB =
  `<cib crm_feature_set="3.16.2" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1">
<configuration>
<crm_config><cluster_property_set id="cib-bootstrap-options">
<nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="false"/>
<nvpair id="cib-bootstrap-options-dc-version" name="dc-version" value="2.1.5-fake"/>
<nvpair id="cib-bootstrap-options-cluster-name" name="cluster-name" value="fake"/>
</cluster_property_set></crm_config>
<nodes><node id="1" uname="node-1"/><node id="2" uname="node-2"/></nodes>
<resources>
<primitive id="${REMOTE_NODE}" class="ocf" provider="pacemaker" type="remote"/>
<primitive id="web" class="ocf" provider="pacemaker" type="Dummy"/>
</resources>
<constraints/>
</configuration>
<status>
${nodeState('1', 'node-1', started('1', REMOTE_NODE, 'remote'))}
${nodeState('2', 'node-2')}
<node_state id="${REMOTE_NODE}" uname="${REMOTE_NODE}" in_ccm="true" remote_node="true" node_fenced="0">${started(REMOTE_NODE, 'web', 'Dummy')}</node_state>
</status>
</cib>`.replaceAll('\n', '');
