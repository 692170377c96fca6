import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** How the server is: asked by whoever operates it. */
export interface Health {
  /** Null: ready. Otherwise why not. */
  readonly notReady: () => Promise<string | null>
  readonly observe: (seconds: number, status: number) => void
  readonly metrics: Registry
}

/** Figures of the database, asked for whenever the metrics are read. */
interface Figures {
  /** Open tasks that nobody may do now. */
  readonly unassignable: () => Promise<number>
  /** What was done and is not published yet. */
  readonly unpublished: () => Promise<number>
}

export function healthOf(notReady: Health['notReady'], { unassignable, unpublished }: Figures): Health {
  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics })
  const requests = new Histogram({
    name: 'countersign_request_seconds',
    help: 'Time to answer a GraphQL request',
    labelNames: ['status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metrics],
  })
  addFigure(metrics, 'countersign_unassignable_tasks', 'Open tasks that nobody may do now', unassignable)
  addFigure(metrics, 'countersign_outbox_backlog', 'Entries of the history that are not yet published as events', unpublished)
  return { notReady, observe: (seconds, status) => requests.observe({ status: String(status) }, seconds), metrics }
}

function addFigure(metrics: Registry, name: string, help: string, ask: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [metrics],
    async collect() {
      // While the database is away the last figure stands; readiness says the rest.
      await ask().then(
        (figure) => this.set(figure),
        () => {},
      )
    },
  })
}

export function addProbes(app: FastifyInstance, { notReady, metrics }: Health): void {
  app.get('/livez', (_request, reply) => reply.send({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const reason = await notReady()
    return reply.status(reason === null ? 200 : 503).send({ status: reason ?? 'ready' })
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
}
