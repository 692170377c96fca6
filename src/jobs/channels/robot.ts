import type { Endpoint, Message, Sent } from './channel.js'
import { retryAfter } from './retry-after.js'
import type { Answer } from './safe-call.js'

/** How a group robot answers: 0 is success, and any other code is tried again unless it says that no retry will help. */
export interface Codes {
  readonly code: 'errcode' | 'code'
  readonly words: 'errmsg' | 'msg'
  readonly refused: readonly number[]
  /** Too many messages: how long the robot then takes none. */
  readonly limited: Readonly<Record<number, number>>
}

/** What an answer means. One without a code is judged by its status: a robot that is down shows a page of something else. */
export function judgedBy(codes: Codes, endpoint: Endpoint): (answer: Answer) => Sent {
  return ({ status, headers, text }) => {
    const answer = objectIn(text)
    const code = answer?.[codes.code]
    if (!answer || typeof code !== 'number') return { kind: 'RETRY', why: `HTTP ${status} without ${codes.code}`, ...retryAfter(headers) }
    if (code === 0) return { kind: 'SENT' }
    const why = `${codes.code} ${code}${saidIn(answer[codes.words], endpoint)}`
    if (codes.refused.includes(code)) return { kind: 'REFUSED', why }
    const limitMs = codes.limited[code]
    return { kind: 'RETRY', why, ...(limitMs !== undefined && { afterMs: limitMs }), ...retryAfter(headers) }
  }
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' ? (parsed as Record<string, unknown> | null) : null
  } catch {
    return null
  }
}

const wordsMax = 200
/** The robot's own words, on one line; left out where they repeat its key or secret. */
function saidIn(words: unknown, { url, secret }: Endpoint): string {
  if (typeof words !== 'string') return ''
  const secrets = [...url.split(/[/?&=#]/).filter((part) => part.length >= 16), ...(secret ? [secret] : [])]
  return secrets.some((part) => words.includes(part)) ? '' : `: ${words.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, wordsMax)}`
}

/**
 * Subject, text and link, one below the other. What does not fit is cut from the end of the text, between two characters, so that the link stays.
 * `fits`: is this short enough? True of every text shorter than one of which it is true.
 */
export function shortened({ subject, text, link }: Message, fits: (text: string) => boolean): string {
  const end = link === null ? '' : `\n${link}`
  const whole = `${subject}\n${text}`.toWellFormed()
  if (fits(whole + end)) return whole + end
  const characters = [...whole]
  const cutAt = (length: number) => `${characters.slice(0, length).join('')}…${end}`
  let [low, high] = [0, characters.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(cutAt(middle))) low = middle
    else high = middle - 1
  }
  return cutAt(low)
}
