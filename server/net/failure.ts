/** The longest wait that an answer can ask for. A wrong number in one must not silence a channel for ever. */
const LONGEST_WAIT_SECONDS = 86_400

/** How long to wait by an answer's `Retry-After`, in milliseconds; `undefined` for what is no number of seconds. */
export function retryAfterMs(seconds: number): number | undefined {
  return seconds >= 0 ? Math.min(seconds, LONGEST_WAIT_SECONDS) * 1000 : undefined
}

const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_CERT\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+)$/

/**
 * Whether a request that failed certainly did not arrive, since no connection was made. A connection that breaks while
 * it is read or written has the same code.
 */
export const isUnreached = ({ code = '', syscall }: Pick<NodeJS.ErrnoException, 'code' | 'syscall'>): boolean =>
  NOT_CONNECTED.test(code) && syscall !== 'read' && syscall !== 'write'
