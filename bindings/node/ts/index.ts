/**
 * The client for the voice API that ITNIO TECH, LAAFFIC and onbuka share: auto-recall flows and group-call tasks.
 *
 * @packageDocumentation
 */

export type { Audio } from './audio.js';
export { Client } from './client.js';
export {
  ApiError,
  AuthenticationError,
  ConfigError,
  ConflictError,
  IncompleteError,
  InvalidRequestError,
  IpRestrictedError,
  OutcomeUnknownError,
  ParameterError,
  ProtocolError,
  RateLimitedError,
  RecallFlowError,
  ServiceError,
  TimeoutError,
  TimestampExpiredError,
  TransportError,
  UnavailableError,
  WaitError,
  type Change,
  type Circumstances,
  type Drift,
  type ErrorResponse,
  type Phase,
  type RequestWarning,
  type Rule,
  type Violation,
} from './errors.js';
export { FlowEdit, type ApplyOptions, type EditOptions, type EditResult } from './edit.js';
export * from './generated/enums.js';
export * from './generated/service.js';
export * from './generated/requests.js';
export type * from './generated/responses.js';
export type { AttemptEvent } from './events.js';
export type { Logger } from './logging.js';
export { Fee, FeeTotal } from './money.js';
export { nameOf } from './names.js';
export type {
  CallOptions,
  ClientOptions,
  EndpointOptions,
  EnvironmentOptions,
  Overrides,
  PagingOptions,
  SharedOptions,
} from './options.js';
export { Pages } from './pages.js';
export { CallPromise, RawResponse, type WithResponse } from './promise.js';
export type { Extra } from './reader.js';
export { toRow, writeCsv, writeJsonl, type ExportOptions, type OutputStream, type Row } from './rows.js';
export { requestSchema, type RequestSchema, type SchemaIssue, type SchemaResult } from './standard-schema.js';
export { costOf, isSettled, totals, totalsByDay } from './totals.js';
export type { FlowWaitOptions, WaitOptions } from './wait.js';
export { spanOfDay, spanOfMonth, type Span } from './spans.js';
export {
  assertRequest,
  fromWire,
  toWire,
  toWireText,
  validate,
  warnings,
  type RequestName,
  type ResponseName,
} from './values.js';
