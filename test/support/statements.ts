import { setTimeout } from 'node:timers/promises'
import type { House } from './house.js'

/** What a server asks of the database by itself, whoever else asks what. */
export const background =
  /\b(outbox|event|event_reader|pgboss|timer|calendar_version|delivery|notice_preference|periodFrom|checkpoint|checkpoint_place|erasure|log_leaf|log_block)\b|extract\(epoch|pg_try_advisory_xact_lock|^(begin|commit|rollback)\b/i
/** The SQL of what is passed to a client of the database. */
export const textOf = (query: unknown): string => (typeof query === 'string' ? query : String((query as { text?: string } | undefined)?.text))
/** Waits until everything that was done is published and everybody whom it concerns is told. */
export async function allTold({ pool }: Pick<House, 'pool'>): Promise<void> {
  const lags = `select exists (select from outbox) or exists (select from event_reader reader, event_reader log
    where log.name = 'published' and reader.name not in ('published', 'pruned') and reader.position < log.position) as lags`
  while ((await pool.query(lags)).rows[0].lags) await setTimeout(20)
}
