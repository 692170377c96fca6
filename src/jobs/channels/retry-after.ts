import type { IncomingHttpHeaders } from 'node:http'

const dayMs = 86_400_000
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** How long a receiver asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), a day at most. Empty when it does not say. */
export function retryAfter({ 'retry-after': value }: IncomingHttpHeaders, now = Date.now()): { readonly afterMs?: number } {
  const waitMs = value === undefined ? Number.NaN : /^\d+$/.test(value) ? Number(value) * 1000 : httpDate.test(value) ? Date.parse(value) - now : Number.NaN
  return Number.isNaN(waitMs) ? {} : { afterMs: Math.min(Math.max(waitMs, 0), dayMs) }
}
