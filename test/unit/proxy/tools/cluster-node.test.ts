import { describe, expect, it } from 'vitest';
import { element } from '../../../../src/protocol/xml-tree.ts';
import { nodeOf, nodePath } from '../../../../src/proxy/tools/cluster-node.ts';
import { parseXml, selectElements, writeNode } from '../../../helpers/fake-cluster/xml.ts';

const CIB = parseXml(`<cib><configuration><nodes><node id="1" uname="Node-1"/>
<node id="away" uname="away" type="remote"/></nodes><resources>
<primitive id="far" class="ocf" provider="pacemaker" type="remote"/>
<primitive id="near" class="ocf" provider="pacemaker" type="Dummy"/>
<primitive id="vm"><meta_attributes id="m"><nvpair id="r" name="remote-node" value="guest"/></meta_attributes></primitive>
</resources></configuration><status><node_state id="1" uname="Node-1"/>
<node_state id="bundle-0" uname="bundle-0" remote_node="true"/></status></cib>`);

describe('a node', () => {
  it.each([
    ['node-1', { id: '1', isRemote: false }],
    ['NODE-1', { id: '1', isRemote: false }],
    ['away', { id: 'away', isRemote: true }],
    ['far', { id: 'far', isRemote: true }],
    ['guest', { id: 'guest', isRemote: true }],
    ['bundle-0', { id: 'bundle-0', isRemote: true }],
    ['near', undefined],
    ['1', undefined],
    [`it's "quoted"`, undefined],
  ])('%s', (name, expected) => {
    const [found] = selectElements(nodePath(name), CIB);
    const attributes = [...(found?.attributes ?? [])].map((one) => [one.name, one.value] as const);
    const read =
      found === undefined ? undefined : nodeOf(element(found.nodeName, Object.fromEntries(attributes)));
    expect(read, found === undefined ? undefined : writeNode(found)).toEqual(expected);
  });

  it('is not what has no name, or is something else', () => {
    expect(nodeOf(element('node'))).toBeUndefined();
    expect(nodeOf(element('op', { id: '1' }))).toBeUndefined();
  });
});
