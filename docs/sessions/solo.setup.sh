cat >cache.xml <<'XML'
<primitive id="cache" class="ocf" provider="bundlet" type="process">
  <instance_attributes id="cache-params">
    <nvpair id="cache-command" name="command" value="/usr/bin/memcached -l 127.0.0.1 -p 21211"/>
    <nvpair id="cache-user" name="user" value="nobody"/>
    <nvpair id="cache-ready" name="ready_tcp" value="127.0.0.1:21211"/>
  </instance_attributes>
  <meta_attributes id="cache-meta">
    <nvpair id="cache-threshold" name="migration-threshold" value="5"/>
  </meta_attributes>
  <operations>
    <op id="cache-monitor" name="monitor" interval="1s" timeout="5s"/>
  </operations>
</primitive>
XML
