import type { ErasureOnRecord, LedgerLine } from '../../audit/erasure-ledger.js'
import type { Querier } from '../pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

export interface ErasureRow {
  readonly id: string
  readonly customerId: string
  readonly status: 'DEFERRED' | 'DONE'
  readonly reason: string
  readonly requestedById: string
  readonly requestedAt: Date
  readonly doneAt: Date | null
}
const columns = `id, customer_id as "customerId", status, reason, requested_by_id as "requestedById", requested_at as "requestedAt", done_at as "doneAt"`

/** Requests to be forgotten, newest first. */
export const findErasures = (db: Querier, status: string | null | undefined, request: PageRequest): Promise<Page> =>
  readPage(db, { from: 'erasure', key: 'requested_at', id: 'id', conditions: new Conditions().andIf(status, 'status = ?') }, request)
/** By id, in no order. */
export const erasuresIn = async (db: Querier, ids: readonly string[]): Promise<ErasureRow[]> =>
  (await db.query(`select ${columns} from erasure where id = any($1)`, [ids])).rows
/** The newest of each customer. */
export const newestErasures = async (db: Querier, customerIds: readonly string[]): Promise<ErasureRow[]> =>
  (
    await db.query(`select distinct on (customer_id) ${columns} from erasure where customer_id = any($1) order by customer_id, requested_at desc`, [
      customerIds,
    ])
  ).rows

export interface HoldRow {
  readonly id: string
  readonly caseId: string
  readonly reason: string
  readonly placedById: string
  readonly placedAt: Date
  readonly liftedById: string | null
  readonly liftedAt: Date | null
}
const holdColumns = `id, case_id as "caseId", reason, placed_by_id as "placedById", placed_at as "placedAt", lifted_by_id as "liftedById", lifted_at as "liftedAt"`
export const holdById = async (db: Querier, id: string): Promise<HoldRow | null> =>
  (await db.query(`select ${holdColumns} from legal_hold where id = $1`, [id])).rows[0] ?? null
/** Every hold on these cases, lifted ones as well, the oldest first. */
export const holdsOn = async (db: Querier, caseIds: readonly string[]): Promise<HoldRow[]> =>
  (await db.query(`select ${holdColumns} from legal_hold where case_id = any($1) order by placed_at, id`, [caseIds])).rows

/** Deferred erasures in whose way nothing stands any more, the oldest first. */
export async function erasuresDue(db: Querier, most: number): Promise<string[]> {
  const { rows } = await db.query(
    `select e.id from erasure e where e.status = 'DEFERRED'
        and not exists (select from cases_about(e.customer_id) a where a.outcome is null
                           or exists (select from legal_hold h where h.case_id = a.id and h.lifted_at is null))
      order by e.requested_at, e.id limit $1`,
    [most],
  )
  return rows.map(({ id }) => id)
}

/** Erasures that were done after one in the history of the organisation, in its order. */
export async function erasuresDoneAfter(db: Querier, sequence: number, most: number): Promise<ErasureOnRecord[]> {
  const { rows } = await db.query(
    `select e.id, e.customer_id, e.keys, e.done_at, e.sequence, a.hash, a.content, a.previous_hash, a.mac, a.mac_key
       from erasure e join audit_entry a on a.stream = 'organisation' and a.sequence = e.sequence
      where e.status = 'DONE' and e.sequence > $1 order by e.sequence limit $2`,
    [sequence, most],
  )
  return rows.map((row) => ({
    erasureId: row.id,
    customerId: row.customer_id,
    keys: row.keys,
    erasedAt: row.done_at.toISOString(),
    sequence: row.sequence,
    hash: row.hash,
    entry: { content: row.content, previousHash: row.previous_hash, mac: row.mac, macKey: row.mac_key },
  }))
}

/** Of these erasures, by their places in the list, those of which the database knows nothing: it was restored from a backup. */
export async function undone(db: Querier, lines: readonly LedgerLine[]): Promise<number[]> {
  const { rows } = await db.query(
    `select l.place from jsonb_to_recordset($1) as l (place integer, "customerId" uuid, keys uuid[]) join customer c on c.id = l."customerId"
      where c.erased_at is null or exists (select from subject_key k where k.id = any(l.keys) and k.wrapped is not null) order by l.place`,
    [JSON.stringify(lines.map(({ customerId, keys }, place) => ({ place, customerId, keys })))],
  )
  return rows.map(({ place }) => place)
}
