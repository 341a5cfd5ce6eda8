/** The safe edit of a recall flow. */

import { encode } from './encode.js';
import { siteOf, type Change, type Site } from './errors.js';
import { attempt } from './failures.js';
import type { RecallFlowDetailDrafts } from './generated/responses.js';
import type { AgentRecallNode, RecallNodeFields } from './generated/requests.js';
import { native } from './native.js';
import type { CallOptions } from './options.js';
import { PrivateParts } from './parts.js';
import { open } from './reader.js';

/** An update that an edit may change: `RecallFlowDraft` or `AgentRecallFlowDraft`. */
type Draft = RecallFlowDetailDrafts[keyof RecallFlowDetailDrafts];

/** Options of {@link FlowEdit.apply}. The times are those of each call. */
export interface ApplyOptions extends CallOptions {
  /** Checks the draft, and sends nothing. */
  dryRun?: boolean | undefined;
  /** Reads the flow back in any case, not only if the outcome is unknown. */
  verify?: boolean | undefined;
}

/** Options of the method that begins an edit. */
export interface EditOptions<Name extends keyof RecallFlowDetailDrafts> extends CallOptions {
  /** The expected type of the draft; a flow of another kind is refused. */
  type?: Name | undefined;
}

/** The end of an edit. */
export interface EditResult {
  /** `unchanged` if the draft equals what was read, and `planned` after a dry run: nothing was sent then. */
  readonly outcome: 'applied' | 'unchanged' | 'planned';
  /** The differences between what was read and the draft. */
  readonly changes: readonly Change[];
}

/** Checks the draft. Returns the changes, and a function that sends the update. */
export type PrepareEdit = (
  original: string,
  draft: string,
  verify: boolean,
  site: Site,
) => { changes: Change[]; send: (options: CallOptions) => Promise<void> };

const parts = new PrivateParts<PrepareEdit>();

/**
 * An edit of a recall flow. Change `draft`, look at `changes()`, then `apply()` them.
 *
 * ```ts
 * const edit = await client.editRecallFlow(299);
 * edit.draft.recallInterval = 60;
 * edit.replaceNodes({ smsContent: 'Order ${text1} has arrived.' });
 * for (const change of edit.changes()) console.log(change.text);
 * await edit.apply();
 * ```
 *
 * Nothing is lost: the draft has every field that was read, unknown ones too. A flow that was changed in the meantime is not
 * overwritten, except within the round trip between the last read and the update, because the service has no versions.
 */
export class FlowEdit<T extends Draft = Draft> {
  /** The update that would write back what was read. */
  readonly original: T;
  /** The update to send. At first it equals `original`. */
  draft: T;

  /** @internal */
  constructor(original: T, prepare: PrepareEdit) {
    this.original = original;
    this.draft = structuredClone(original);
    parts.set(this, prepare);
  }

  /** Sets properties of one node in the draft. */
  replaceNode(index: number, changes: Partial<RecallNodeFields> | Partial<AgentRecallNode>): void {
    const node = this.draft.nodeList?.[index];
    if (node === undefined) {
      throw new RangeError(`expected the index of a node, got ${String(index)}`);
    }
    Object.assign(node, changes);
  }

  /** Sets properties of every node in the draft. */
  replaceNodes(changes: Partial<RecallNodeFields> | Partial<AgentRecallNode>): void {
    for (const node of this.draft.nodeList ?? []) {
      Object.assign(node, changes);
    }
  }

  /** Returns the differences between what was read and the draft. */
  changes(): Change[] {
    const packed = attempt(
      () => native.editChanges(encode(this.original), encode(this.draft)),
      siteOf(FlowEdit.prototype.changes),
    );
    return open(packed).any() as Change[];
  }

  /**
   * Applies the changes; does nothing if there are none.
   *
   * Reads the flow again, sends the update if the flow is as it was, and reads it back if the outcome is unknown.
   *
   * @throws {@link InvalidRequestError} if the draft breaks a rule or has the key of another flow. Nothing was sent.
   * @throws {@link ConflictError} if the flow is not pending any more, or was changed. Nothing was sent.
   * @throws {@link OutcomeUnknownError} if the update may have been applied, and the flow that was read back does not show it.
   */
  async apply(options: ApplyOptions = {}): Promise<EditResult> {
    const { dryRun = false, verify = false, ...others } = options;
    const site = siteOf(FlowEdit.prototype.apply);
    const { changes, send } = attempt(
      () => parts.get(this)(encode(this.original), encode(this.draft), verify, site),
      site,
    );
    if (changes.length === 0) {
      return { outcome: 'unchanged', changes };
    }
    if (dryRun) {
      return { outcome: 'planned', changes };
    }
    await send(others);
    return { outcome: 'applied', changes };
  }
}
