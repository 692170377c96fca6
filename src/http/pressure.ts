import type { FastifyInstance } from 'fastify'
import { refuse } from '../engine/refused.js'
import { refusalError } from '../graphql/errors.js'
import { languageOf } from './request-context.js'

/**
 * Back-pressure: of more GraphQL requests than are worked on at once the rest is asked to come again in a second, before their bodies are read.
 * Probes are always answered.
 */
export function boundRequests(app: FastifyInstance, atOnce: number): void {
  let working = 0
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return
    if (working >= atOnce) {
      const busy = refuse('BUSY', { details: { retryAfterSeconds: 1 } })
      return reply
        .status(503)
        .header('retry-after', '1')
        .send({ errors: [refusalError(busy, languageOf(request), request.id)] })
    }
    working++
    reply.raw.once('close', () => {
      working--
    })
  })
}
