// Calls that need a cluster: transient attributes are its attribute manager's, and it says which node we are.
export const ATTRIBUTE_TOOL_CASES: readonly string[] = `
crm_attribute -l reboot -n t
crm_attribute -l reboot -n t -N node-1 -v 1
crm_attribute -l reboot -n t -N node-1 -D
crm_attribute -l reboot -n t -v 1
crm_attribute -t status -n t -v 1
crm_attribute -t Status -n t -v 1
crm_attribute -l reboot -n new -N node-1 -v value++
crm_attribute -l reboot -n new -N node-1 -v INFINITY
crm_attribute -l reboot -n new -N node-1 -v -INFINITY
crm_attribute -l reboot -n new -N node-1 -s set -v 1
crm_attribute -l reboot -n new -N node-1 -i id -v ''
crm_attribute -l reboot -n zz -N node-1 -D
crm_attribute -l reboot -P t -N node-1 -v 1
crm_attribute -l reboot -P t -N node-1 -D
crm_attribute -l reboot -N node-1 -z -n cpu -v 3
crm_attribute -l reboot -i idn -N node-1 -v 4
crm_attribute -l reboot -N node-1 -v 4
crm_attribute -l reboot -n zz -d 5 --output-as=xml
crm_attribute -l forever -n zz -v 5
crm_attribute -z -n cpu -v 2
crm_attribute -t rsc_defaults -n resource-stickiness
crm_attribute -t op_defaults -n timeout -v 7
crm_attribute -t crm_config -n a -N node-1 -d 5 --output-as=xml
OCF_RESOURCE_INSTANCE=web crm_attribute -p -v 5
OCF_RESOURCE_INSTANCE=web:1 crm_attribute -p -v 5
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_attribute -p -D
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_attribute -p -G -q
OCF_RESOURCE_INSTANCE=web crm_attribute --promotion -N node-1 --output-as=xml
crm_attribute -n big -N node-1 -v 'two  words <a b="c">&amp;</a> $(id)'
crm_attribute -l reboot -n big -N node-1 -v 'two  words <a b="c">&amp;</a> $(id)'
crm_attribute -n multi -N node-1 -v 'one\ttab\rreturn'
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master -l reboot -G -q
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master -Q -l reboot
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master -l reboot -v 5
OCF_RESOURCE_INSTANCE=web crm_master -l reboot -v 5
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master -l reboot -v '5 -D'
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master -l reboot -v ''
OCF_RESOURCE_INSTANCE=web OCF_RESKEY_CRM_meta_on_node=node-1 crm_master -v 5
OCF_RESOURCE_INSTANCE=web crm_master -l reboot -D
OCF_RESOURCE_INSTANCE=web crm_master --li reboot --up 4
OCF_RESOURCE_INSTANCE=web crm_master --delete-attr -l reboot
OCF_RESOURCE_INSTANCE=web crm_master --get-value -l reboot
OCF_RESOURCE_INSTANCE=web crm_master -r other -l reboot -v 3
crm_master -r web -l reboot -N node-1
crm_master -l reboot
OCF_RESOURCE_INSTANCE=web crm_master extra -l reboot words -- -v 5
OCF_RESOURCE_INSTANCE=web crm_master --uname node-1 -l reboot
OCF_RESOURCE_INSTANCE=web crm_master -U node-1 -lreboot -Gq
OCF_RESOURCE_INSTANCE=web crm_master --attr-id status-1-master-web -l reboot -N node-1
OCF_RESOURCE_INSTANCE=web crm_master -x -y -v
OCF_RESOURCE_INSTANCE=web crm_master --nope
OCF_RESOURCE_INSTANCE=web crm_master --ver
OCF_RESOURCE_INSTANCE=web crm_master --l
OCF_RESOURCE_INSTANCE=web crm_master --query=x
OCF_RESOURCE_INSTANCE=web crm_master --help
OCF_RESOURCE_INSTANCE='web 1' crm_master -l reboot
`
  .trim()
  .split('\n');
