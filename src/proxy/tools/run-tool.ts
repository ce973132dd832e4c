import { TOOL_EXIT } from './result.ts';
import type { Tool, ToolCall, ToolContext, ToolResult } from './tool.ts';

/** Each tool is loaded with its first call. */
const TOOLS: Readonly<Record<string, () => Promise<Tool>>> = {
  attrd_updater: async () => (await import('./attrd-updater.ts')).attrdUpdater,
  crm_attribute: async () => (await import('./crm-attribute.ts')).crmAttribute,
  crm_master: async () => (await import('./crm-master.ts')).crmMaster,
  crm_node: async () => (await import('./crm-node.ts')).crmNode,
};

/** Runs the tool of that name. Rejects only for a fault of ours. */
export async function runTool(call: ToolCall, context: ToolContext): Promise<ToolResult> {
  const load = Object.hasOwn(TOOLS, call.name) ? TOOLS[call.name] : undefined;
  if (load === undefined) {
    const names = Object.keys(TOOLS).join(', ');
    const stderr = `pcmk-tool: Expected one of ${names}, called as "${call.name}"\n`;
    return { exitCode: TOOL_EXIT.usage, stdout: '', stderr };
  }
  return (await load())(call, context);
}
