import type pg from 'pg'
import { Gauge, type Registry } from 'prom-client'
import { deliveryFigures } from '../persistence/deliveries.js'

/** Adds how much waits to be delivered and how many letters are dead; asked whenever the metrics are read. */
export function addDeliveryMetrics(metrics: Registry, pool: pg.Pool): void {
  const gauge = (name: string, help: string, figure: 'waiting' | 'dead') =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      async collect() {
        // While the database is away the last figure stands; readiness says the rest.
        await deliveryFigures(pool).then(
          (figures) => this.set(figures[figure]),
          () => {},
        )
      },
    })
  gauge('countersign_delivery_backlog', 'Deliveries that wait to be sent, those that wait to be tried again included', 'waiting')
  gauge('countersign_dead_letters', 'Deliveries that were given up and hold their lane until an administrator decides', 'dead')
}
