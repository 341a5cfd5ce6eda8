/** The sandbox of the native module, as the package drives it: JSON text and numbers. */

/** What a wait came to. */
export type Outcome = 'came' | 'late' | 'closed';

/** A wait that is under way; it keeps the event loop alive. */
export interface NativeWait {
  /** Gives it up; nobody is told anything then. */
  cancel(): void;
}

/** A running sandbox. What the caller gave wrong is thrown with the code `InvalidArg`. */
export interface NativeSandbox {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  script(faults: string, operation?: string): void;
  faultsLeft(): number;
  requests(): string;
  waitForRequests(count: number, milliseconds: number, done: (outcome: Outcome) => void): NativeWait;
  connections(): number;
  openConnections(): number;
  waitForOpenConnections(most: number, milliseconds: number, done: (outcome: Outcome) => void): NativeWait;
  flow(keyId: bigint): string | null;
  insertFlow(flow: string): void;
  tasks(): string;
  insertTask(task: string): void;
  setShape(name: string): void;
  setClockOffset(seconds: number): void;
  reset(): void;
  close(): void;
}

/** The class of the native module. */
export interface NativeSandboxClass {
  start(options: string): Promise<NativeSandbox>;
}
