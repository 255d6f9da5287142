import { inAddress, inCode, inCrontab, inShell } from './quote.ts'

export interface Sender {
  /** The address of the server. */
  address: string
  serviceKey: string
  isKeyNeeded: boolean
}

export interface Snippet {
  name: string
  about: string
  text: string
}

/** Ways to send a heartbeat. Each works as it is copied, but for a key that is to be filled in (`…`). */
export function snippetsOf(sender: Sender): Snippet[] {
  return [
    { name: 'curl', about: 'One heartbeat from a shell.', text: curl(sender) },
    { name: 'cron', about: 'After a command that went well. In a crontab, % is written as \\%.', text: cron(sender) },
    { name: 'Python', about: 'Without any package.', text: python(sender) },
    {
      name: 'Node',
      about: 'Also in browsers, Deno and Bun. With @stillbeat/client: heartbeat(key).',
      text: node(sender),
    },
    {
      name: 'Decorator',
      about:
        'With @stillbeat/client: it beats every five minutes while the method runs. For a function with an end: job(key, run).',
      text: decorator(sender),
    },
    {
      name: 'stillbeat exec',
      about: 'Around any command: tells when it started, how long it took, how it failed and what it last said.',
      text: exec(sender),
    },
    { name: 'n8n', about: 'Copy this and paste it into a workflow: an HTTP Request node.', text: n8n(sender) },
    {
      name: 'Docker',
      about:
        'In a Dockerfile: a heartbeat each time the container finds itself healthy, which does not depend on the monitor.',
      text: docker(sender),
    },
  ]
}

const heartbeatAddress = ({ address, serviceKey }: Sender) =>
  `${address}/heartbeat?service_key=${inAddress(serviceKey)}`

const KEY = 'SERVICE_REGISTRY_KEY'

function curl(sender: Sender, ...options: string[]): string {
  const header = sender.isKeyNeeded ? [`-H "X-Api-Key: $${KEY}"`] : []
  return ['curl -fsS -m 10 --retry 3', ...options, ...header, '-X POST', `'${heartbeatAddress(sender)}'`].join(' ')
}

function cron(sender: Sender): string {
  const variable = sender.isKeyNeeded ? `${KEY}=…\n` : ''
  return `${variable}0 3 * * *  /usr/local/bin/backup && ${inCrontab(curl(sender, '-o /dev/null'))}`
}

function python(sender: Sender): string {
  const header = sender.isKeyNeeded ? `, headers={'X-Api-Key': os.environ['${KEY}']}` : ''
  return `${sender.isKeyNeeded ? 'import os\n' : ''}from urllib.request import Request, urlopen

request = Request('${heartbeatAddress(sender)}', method='POST'${header})
urlopen(request, timeout=10)`
}

function node(sender: Sender): string {
  const header = sender.isKeyNeeded ? `\n  headers: { 'X-Api-Key': process.env.${KEY} },` : ''
  return `await fetch('${heartbeatAddress(sender)}', {
  method: 'POST',${header}
  signal: AbortSignal.timeout(10_000),
})`
}

const environment = ({ address, isKeyNeeded }: Sender) =>
  `SERVICE_REGISTRY_URL=${inShell(address)}${isKeyNeeded ? `\n${KEY}=…` : ''}`

const commented = (text: string) => text.replaceAll(/^/gm, '// ')

const decorator = (sender: Sender) => `import { heartbeatForAsync } from '@stillbeat/client'

${commented(environment(sender))}
class Worker {
  @heartbeatForAsync(${inCode(sender.serviceKey)})
  async run() {
    // its work
  }
}`

const exec = (sender: Sender) => `${environment(sender)}
0 3 * * *  stillbeat exec ${inCrontab(inShell(sender.serviceKey))} -- /usr/local/bin/backup`

function n8n(sender: Sender): string {
  const header = sender.isKeyNeeded
    ? { sendHeaders: true, headerParameters: { parameters: [{ name: 'X-Api-Key', value: '…' }] } }
    : {}
  const node = {
    name: 'Send a heartbeat',
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    position: [0, 0],
    retryOnFail: true,
    maxTries: 3,
    onError: 'continueRegularOutput',
    parameters: { method: 'POST', url: heartbeatAddress(sender), ...header, options: { timeout: 10_000 } },
  }
  return JSON.stringify({ nodes: [node], connections: {} }, null, 2)
}

const docker = (sender: Sender) => `HEALTHCHECK --interval=5m --timeout=30s \\
  CMD curl -fsS -o /dev/null http://localhost:8080/ || exit 1; \\
      ${curl(sender, '-o /dev/null')} || true`
