import { hash } from 'node:crypto'
import { type Attack, INNARDS, type Target } from './attack.ts'
import { type Reply, send } from './wire.ts'

export interface Family {
  family: string
  cases: number
  gotIn: number
  faults: number
  /** The attacks with a wrong answer, in words. */
  wrong: string[]
}

const AT_ONCE = 8

/** Makes every attack of a family, and judges the answers. */
export async function attackWith(family: string, attacks: readonly Attack[], target: Target): Promise<Family> {
  const result: Family = { family, cases: attacks.length, gotIn: 0, faults: 0, wrong: [] }
  const left = attacks.entries()
  const one = async () => {
    for (const [index, attack] of left) judge(result, attack, await made(attack, target, `${family}-${index}`))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  return result
}

/** Sends an attack from an address of its own, or it would be locked out after ten wrong keys. */
function made({ request }: Attack, target: Target, who: string): Promise<Reply> {
  if (typeof request === 'function') return request(target)
  if (typeof request === 'string') return send(target.url, request)
  return send(target.url, { ...request, headers: { 'X-Forwarded-For': addressOf(who), ...request.headers } })
}

/** Makes an address from a block that is reserved for documentation. */
const addressOf = (who: string) => `2001:db8::${hash('sha256', who, 'hex').slice(0, 12).match(/.{4}/g)?.join(':')}`

function judge(result: Family, attack: Attack, { status, headers, body }: Reply): void {
  const isGood = (code: number) => code > 0 && code < 400
  const gotIn = isGood(status) && !attack.expect.some(isGood)
  if (gotIn) result.gotIn += 1
  if (status >= 500 && !attack.expect.includes(status)) result.faults += 1
  const said = `${attack.name}: ${status} ${body.slice(0, 200)}`
  if (!attack.expect.includes(status)) result.wrong.push(said)
  if (INNARDS.test(body)) result.wrong.push(`shows its innards: ${said}`)
  if (/\nset-cookie:/i.test(headers) && !attack.cookie) result.wrong.push(`gives a cookie: ${said}`)
}
