import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** How the server is: asked by whoever operates it. */
export interface Health {
  /** Null: ready. Otherwise why not. */
  readonly notReady: () => Promise<string | null>
  readonly observe: (seconds: number, status: number) => void
  readonly metrics: Registry
}

/** `unassignable`: how many open tasks nobody may do now; asked whenever the metrics are read. */
export function healthOf(notReady: Health['notReady'], unassignable: () => Promise<number>): Health {
  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics })
  const requests = new Histogram({
    name: 'countersign_request_seconds',
    help: 'Time to answer a GraphQL request',
    labelNames: ['status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metrics],
  })
  new Gauge({
    name: 'countersign_unassignable_tasks',
    help: 'Open tasks that nobody may do now',
    registers: [metrics],
    async collect() {
      // While the database is away the last figure stands; readiness says the rest.
      await unassignable().then(
        (tasks) => this.set(tasks),
        () => {},
      )
    },
  })
  return { notReady, observe: (seconds, status) => requests.observe({ status: String(status) }, seconds), metrics }
}

export function addProbes(app: FastifyInstance, { notReady, metrics }: Health): void {
  app.get('/livez', (_request, reply) => reply.send({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const reason = await notReady()
    return reply.status(reason === null ? 200 : 503).send({ status: reason ?? 'ready' })
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
}
