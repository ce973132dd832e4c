// Real messages to start from, and what chance does to them.
import fc from 'fast-check';

/** As Debian's liblrmd 2.1.5 and a controller of 3.0 send them. */
export const MESSAGES: readonly string[] = [
  `<lrmd_command t="lrmd" lrmd_op="register" lrmd_clientname="pacemaker-remote-10.0.0.5:3121"
  lrmd_protocol_version="1.1" lrmd_is_ipc_provider="true" lrmd_remote_msg_id="1" lrmd_remote_msg_type="request"/>`,
  `<lrmd_command __name__="lrmd_command" t="lrmd" lrmd_async_id="b62e34ff" lrmd_op="lrmd_rsc_exec"
  lrmd_timeout="20000" lrmd_callopt="6" lrmd_remote_msg_id="4" lrmd_remote_msg_type="request"><lrmd_calldata>
  <lrmd_rsc lrmd_origin="lrmd_api_exec" lrmd_rsc_id="r1" lrmd_rsc_action="start" lrmd_rsc_userdata_str="0:1:0:uuid"
  lrmd_rsc_interval="4294967295" lrmd_timeout="20000" lrmd_rsc_start_delay="7"><attributes empty="" nl="a&#x0A;b"
  CRM_meta_timeout="20000"><param name="1digit" value="&lt;x&gt;"/></attributes></lrmd_rsc></lrmd_calldata>
  </lrmd_command>`,
  `<lrmd_command t="lrmd" lrmd_op="lrmd_rsc_register" lrmd_callopt="3" lrmd_remote_msg_id="2"
  lrmd_remote_msg_type="request"><lrmd_calldata><lrmd_rsc lrmd_origin="lrmd_api_register_rsc" lrmd_rsc_id="r1"
  lrmd_class="ocf" lrmd_provider="heartbeat" lrmd_type="apache"/></lrmd_calldata></lrmd_command>`,
  `<lrmd_command t="lrmd" lrmd_op="lrmd_alert_exec" lrmd_timeout="30000" lrmd_callopt="2" lrmd_remote_msg_id="5"
  lrmd_remote_msg_type="request"><lrmd_calldata><lrmd_alert lrmd_origin="lrmd_api_exec_alert" lrmd_alert_id="a1"
  lrmd_alert_path="/usr/lib/alert" lrmd_timeout="30000"><attributes CRM_alert_kind="node" CRM_alert_desc="a&lt;b"/>
  </lrmd_alert></lrmd_calldata></lrmd_command>`,
  `<lrmd_command t="lrmd" lrmd_op="lrmd_check" lrmd_remote_msg_id="6" lrmd_remote_msg_type="request"><lrmd_calldata>
  <lrmd_op lrmd_origin="lrmd_internal_proxy_new" lrmd_watchdog="10s"/></lrmd_calldata></lrmd_command>`,
  '<lrmd_ipc_proxy lrmd_ipc_op="shutdown_ack" lrmd_op="ipc_fwd" lrmd_remote_msg_id="9" lrmd_remote_msg_type="request"/>',
];

/** Pieces that have hurt parsers of XML. */
const SPLINTERS = [
  '<',
  '>',
  '/',
  '"',
  "'",
  '&',
  ';',
  '=',
  '\0',
  '\n',
  'é',
  '\ud800',
  '\ufffe',
  '&#0;',
  '&#x110000;',
  '&lt',
  '&a;',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<a>',
  '</a>',
  '<attributes>',
  ' __proto__="x"',
  ' lrmd_op="poke"',
  '&#99999999999999999999;',
  '\u2028',
  '<lrmd_rsc/>',
];

const splinter = fc.oneof(fc.constantFrom(...SPLINTERS), fc.string({ unit: 'binary', maxLength: 4 }));

/** Cuts `length` characters out and puts something else there. */
const cut = fc.record({ at: fc.nat(1200), length: fc.nat(20), put: splinter });

/** A real message after up to eight accidents. */
export const damagedMessage: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...MESSAGES), fc.array(cut, { minLength: 1, maxLength: 8 }))
  .map(([message, cuts]) =>
    cuts.reduce((text, { at, length, put }) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + put + text.slice(start + length);
    }, message),
  );
