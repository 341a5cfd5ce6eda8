/** The baseline of what it costs the compiler to check a program: it only imports the package. */

import type { RecallNode } from 'recallflow';

export type Node = RecallNode;
