import { Webhook } from 'standardwebhooks'
import type { Sent } from './channel.js'
import { retryAfter } from './retry-after.js'
import type { Answer, SendTo } from './safe-call.js'

/**
 * A system of the customer's, by Standard Webhooks 1.0.0: `webhook-id` stays the same over retries, `webhook-timestamp` is that of the attempt, and
 * `webhook-signature` covers both and the body as it is sent.
 */
export const webhook: SendTo = async (post, { url, secret }, { id, body }) => {
  if (body === null) return { kind: 'REFUSED', why: 'the message has no body for a webhook' }
  const signer = signerOf(secret)
  if (!signer) return { kind: 'REFUSED', why: 'the endpoint has no secret that signs (whsec_ and base64)' }
  const payload = JSON.stringify(body)
  const now = new Date()
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signer.sign(id, now, payload),
  }
  return post({ url, body: payload, headers }, judged)
}

function signerOf(secret: string | null): Webhook | null {
  try {
    return secret ? new Webhook(secret) : null
  } catch {
    return null
  }
}

/**
 * github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, “Delivery success and failure”: 2xx is success, `410 Gone` says that the
 * receiver wants no more, and “the rest of the status codes should be treated as a failure”, redirects and 404 among them: such a receiver may be
 * under repair, so it is tried again. `Retry-After` counts wherever it stands.
 */
function judged({ status, headers }: Answer): Sent {
  if (status >= 200 && status < 300) return { kind: 'SENT' }
  if (status === 410) return { kind: 'REFUSED', why: 'HTTP 410: the receiver wants no more messages' }
  return { kind: 'RETRY', why: `HTTP ${status}`, ...retryAfter(headers) }
}
