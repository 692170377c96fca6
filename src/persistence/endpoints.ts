import { randomUUID } from 'node:crypto'
import type { DeliveryChange } from '../engine/endpoints.js'
import { releaseDead } from './deliveries.js'
import type { Querier } from './pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './queries/page.js'

export type EndpointKind = 'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU'
/** An endpoint without its secret: that leaves the database only to sign what is sent. */
export interface EndpointRow {
  readonly id: string
  readonly kind: EndpointKind
  readonly label: string
  readonly url: string
  readonly hasSecret: boolean
  readonly processes: readonly string[]
  readonly active: boolean
  readonly createdAt: Date
}
const columns = `id, kind, label, url, secret is not null as "hasSecret", processes, active, created_at as "createdAt"`

/** Every endpoint, the oldest first. */
export const findEndpoints = (db: Querier, request: PageRequest): Promise<Page> =>
  readPage(db, { from: 'endpoint', key: 'created_at', id: 'id', conditions: new Conditions(), ascending: true }, request)
/** By id, in the order of their making. */
export async function endpointsIn(db: Querier, ids: readonly string[]): Promise<EndpointRow[]> {
  return (await db.query(`select ${columns} from endpoint where id = any($1) order by created_at, id`, [ids])).rows
}
/** What an endpoint is, locked; null: there is none. */
export async function lockedEndpointKind(db: Querier, id: string): Promise<EndpointKind | null> {
  return (await db.query('select kind from endpoint where id = $1 for update', [id])).rows[0]?.kind ?? null
}

/** Writes a change of where word goes. Output: the id of the endpoint or the delivery. */
export async function changeDelivery(db: Querier, change: DeliveryChange): Promise<string> {
  switch (change.action) {
    case 'ADD_ENDPOINT': {
      const id = randomUUID()
      const { kind, label, url, secret, processes } = change
      await db.query('insert into endpoint (id, kind, label, url, secret, processes) values ($1, $2, $3, $4, $5, $6)', [
        id,
        kind,
        label,
        url,
        secret,
        processes,
      ])
      return id
    }
    case 'CHANGE_ENDPOINT': {
      const { endpointId, label, url, secret, processes } = change
      await db.query(
        `update endpoint set label = coalesce($2, label), url = coalesce($3, url), secret = case when $4 then $5 else secret end, processes = coalesce($6, processes) where id = $1`,
        [endpointId, label ?? null, url ?? null, secret !== undefined, secret ?? null, processes ?? null],
      )
      return endpointId
    }
    case 'SET_ENDPOINT_ACTIVE':
      await db.query('update endpoint set active = $2 where id = $1', [change.endpointId, change.active])
      return change.endpointId
    default:
      await releaseDead(db, change.deliveryId, change.action === 'RETRY_DELIVERY' ? 'RETRY' : 'DROP')
      return change.deliveryId
  }
}
