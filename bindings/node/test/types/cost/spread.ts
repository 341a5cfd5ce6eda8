/** Programs spread nodes over each other. With a large union, that is a product of products. */

import type { RecallNode } from 'recallflow';

export function patched(node: RecallNode, patch: Partial<RecallNode>): object {
  return { ...node, ...patch };
}

export function renamed(nodes: readonly RecallNode[]): RecallNode[] {
  return nodes.map((node) => ({ ...node, senderId: 'me' }));
}
