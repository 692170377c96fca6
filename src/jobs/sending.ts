import { setTimeout as delay } from 'node:timers/promises'
import type { Claimed, Settled } from '../persistence/deliveries.js'
import type { Channels, Message, Sent, Target } from './channels/channel.js'

/** Nobody is there any more to be told. */
interface Dropped {
  readonly kind: 'DROPPED'
  readonly why: string
}

/** Sends one delivery to the address that holds now. Never throws: what a channel throws is one more reason to try again. */
export async function sendOne(channels: Channels, delivery: Claimed, sendMs: number): Promise<Sent | Dropped> {
  const to = addressOf(delivery)
  if ('kind' in to) return to
  const { id, content } = delivery
  const { at, subject, text, link, body } = content
  const message: Message = { id, at, subject, text, link, body, mobiles: to.mobiles }
  const tooLate = new AbortController()
  const given: Sent = { kind: 'RETRY', why: `no answer within ${sendMs} ms` }
  try {
    return await Promise.race([channels.send(to.target, message), delay(sendMs, given, { signal: tooLate.signal })])
  } catch (error) {
    return { kind: 'RETRY', why: error instanceof Error ? error.message : String(error) }
  } finally {
    tooLate.abort()
  }
}

function addressOf({ channel, endpoint, person }: Claimed): { readonly target: Target; readonly mobiles: readonly string[] } | Dropped {
  const drop = (why: string): Dropped => ({ kind: 'DROPPED', why })
  if (person && !person.active) return drop('the employee has left')
  if (channel === 'EMAIL') return person?.email ? { target: { channel, address: person.email }, mobiles: [] } : drop('the employee has no address any more')
  if (!endpoint?.active) return drop('the endpoint is switched off')
  if (person && !person.mobile) return drop('the employee has no mobile any more')
  return { target: { channel, url: endpoint.url, secret: endpoint.secret }, mobiles: person?.mobile ? [person.mobile] : [] }
}

const whyMax = 500
/** What becomes of a delivery after an attempt: sent, tried again later, or dead after the last attempt or a refusal. */
export function judged({ seq, attempts }: Claimed, sent: Sent | Dropped, attemptsMax: number): Settled {
  if (sent.kind === 'SENT') return { seq, attempts, status: 'SENT' }
  const why = sent.why.slice(0, whyMax)
  if (sent.kind === 'DROPPED') return { seq, attempts, status: 'DROPPED', why }
  if (sent.kind === 'REFUSED' || attempts >= attemptsMax) return { seq, attempts, status: 'DEAD', why }
  return { seq, attempts, status: 'PENDING', why, waitMs: Math.max(backOffMs(attempts), Math.min(sent.afterMs ?? 0, waitMsMax)) }
}

const hourMs = 3_600_000
const waitMsMax = 24 * hourMs
/** After the first failure 1 s, then twice as long each time, an hour at most; shortened by up to a half, so that not all come back at once. */
export const backOffMs = (attempts: number): number => Math.min(1_000 * 2 ** (attempts - 1), hourMs) * (1 - Math.random() / 2)
