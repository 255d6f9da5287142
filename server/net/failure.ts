/** The longest wait that an answer may ask for. A wrong number must not silence a channel for ever. */
const LONGEST_WAIT_SECONDS = 86_400

/** The wait that an answer's `Retry-After` asks for, in milliseconds; `undefined` if it is no number of seconds. */
export function retryAfterMs(seconds: number): number | undefined {
  return seconds >= 0 ? Math.min(seconds, LONGEST_WAIT_SECONDS) * 1000 : undefined
}

const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_CERT\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+)$/

/** Whether a failed request certainly did not arrive. A connection that broke in use may have the same code. */
export const isUnreached = ({ code = '', syscall }: Pick<NodeJS.ErrnoException, 'code' | 'syscall'>): boolean =>
  NOT_CONNECTED.test(code) && syscall !== 'read' && syscall !== 'write'
