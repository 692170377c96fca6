import type { Channel } from '../deliveries.js'
import type { Querier } from '../pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

export interface DeliveryRow {
  readonly id: string
  readonly channel: Channel
  readonly status: string
  readonly endpointId: string | null
  readonly employeeId: string | null
  readonly caseId: string | null
  readonly attempts: number
  readonly lastError: string | null
  readonly notBefore: Date
  readonly createdAt: Date
  readonly settledAt: Date | null
}
const columns = `id, channel, status, endpoint_id as "endpointId", employee_id as "employeeId", case_id as "caseId", attempts, last_error as "lastError",
  not_before as "notBefore", created_at as "createdAt", settled_at as "settledAt"`

/** Deliveries, newest first. The ids of the page are their places in the queue. */
export function findDeliveries(db: Querier, status: string | null | undefined, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().andIf(status, 'd.status = ?')
  return readPage(db, { from: 'delivery d', key: 'd.seq', keyIs: 'number', id: 'd.seq', idIs: 'number', conditions }, request)
}
/** By place in the queue, in the order asked for; null where there is none any more. */
export async function deliveriesAt(db: Querier, places: readonly string[]): Promise<(DeliveryRow | null)[]> {
  const { rows } = await db.query(`select seq::text as seq, ${columns} from delivery where seq = any($1::bigint[])`, [places])
  const found = new Map<string, DeliveryRow>(rows.map(({ seq, ...row }) => [seq, row]))
  return places.map((place) => found.get(place) ?? null)
}
export async function deliveryById(db: Querier, id: string): Promise<DeliveryRow | null> {
  return (await db.query(`select ${columns} from delivery where id = $1`, [id])).rows[0] ?? null
}
