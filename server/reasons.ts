/** The HTTP status of each error code of the API. The codes are named as in tRPC. */
export const HTTP_STATUS = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
} as const

export type ErrorCode = keyof typeof HTTP_STATUS

/**
 * The reason of an error, a fixed word for programs, and the error code that goes with it. Programs branch on these
 * words, so a word never changes its meaning; messages may. docs/api.md explains all of them.
 */
export const REASONS = {
  invalid_input: 'BAD_REQUEST',
  unknown_field: 'BAD_REQUEST',
  invalid_json: 'BAD_REQUEST',
  invalid_request: 'BAD_REQUEST',

  no_key: 'UNAUTHORIZED',
  wrong_key: 'UNAUTHORIZED',
  key_revoked: 'UNAUTHORIZED',
  signed_out: 'UNAUTHORIZED',

  scope_too_low: 'FORBIDDEN',
  not_of_this_key: 'FORBIDDEN',
  too_many_registered: 'FORBIDDEN',
  foreign_page: 'FORBIDDEN',

  no_such_address: 'NOT_FOUND',
  no_such_service: 'NOT_FOUND',
  no_such_group: 'NOT_FOUND',
  no_such_alert: 'NOT_FOUND',
  no_such_key: 'NOT_FOUND',
  method_not_supported: 'METHOD_NOT_SUPPORTED',

  alert_over: 'CONFLICT',
  nothing_to_acknowledge: 'CONFLICT',
  alias_taken: 'CONFLICT',
  api_key_not_set: 'CONFLICT',
  backup_not_embedded: 'CONFLICT',
  backup_running: 'CONFLICT',

  body_too_large: 'PAYLOAD_TOO_LARGE',
  answers_too_large: 'PAYLOAD_TOO_LARGE',
  body_packed: 'UNSUPPORTED_MEDIA_TYPE',
  content_type_not_supported: 'UNSUPPORTED_MEDIA_TYPE',

  rate_limited: 'TOO_MANY_REQUESTS',
  too_many_attempts: 'TOO_MANY_REQUESTS',
  too_many_streams: 'TOO_MANY_REQUESTS',

  starting: 'SERVICE_UNAVAILABLE',
  stopping: 'SERVICE_UNAVAILABLE',
  overloaded: 'SERVICE_UNAVAILABLE',
  contended: 'SERVICE_UNAVAILABLE',
  database_away: 'SERVICE_UNAVAILABLE',
  database_busy: 'SERVICE_UNAVAILABLE',
  database_newer: 'SERVICE_UNAVAILABLE',
  page_not_built: 'SERVICE_UNAVAILABLE',

  internal_error: 'INTERNAL_SERVER_ERROR',
} as const satisfies { [reason: string]: ErrorCode }

export type Reason = keyof typeof REASONS
