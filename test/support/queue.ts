import { randomUUID } from 'node:crypto'
import { insertDeliveries, type NewDelivery } from '../../src/persistence/deliveries.js'
import type { House } from './house.js'
import type { PostOffice } from './post-office.js'

/** An endpoint of the post office, by SQL. Output: its id. */
export async function endpointAt(house: House, office: PostOffice, path: string, kind = 'WEBHOOK', processes: readonly string[] = []): Promise<string> {
  const id = randomUUID()
  await house.owner.query('insert into endpoint (id, kind, label, url, secret, processes) values ($1, $2, $3, $4, null, $5)', [
    id,
    kind,
    path,
    `${office.url}${path}`,
    processes,
  ])
  return id
}
/** Deliveries to one endpoint: for each lane as many as told, one lane after the other in turn. Their subject is `lane/number`. */
export async function fill(house: House, endpointId: string, lanes: readonly string[], each: number): Promise<void> {
  const rows = Array.from({ length: each }, (_, number) =>
    lanes.map(
      (lane): NewDelivery => ({
        eventPosition: null,
        caseId: null,
        channel: 'WEBHOOK',
        endpointId,
        employeeId: null,
        lane: `${endpointId}:${lane}`,
        content: { at: '2026-11-22T00:00:00Z', subject: `${lane}/${number}`, text: '', link: null, body: { number } },
        status: 'PENDING',
        notBefore: '2026-01-01T00:00:00Z',
      }),
    ),
  )
  const all = rows.flat()
  for (let at = 0; at < all.length; at += 5_000) await insertDeliveries(house.pool, all.slice(at, at + 5_000))
}

/** How many deliveries stand how. */
export async function standing(house: House): Promise<Record<string, number>> {
  const { rows } = await house.pool.query('select status, count(*)::int as n from delivery group by status')
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}
/** Everything may be tried again now. */
export const waitIsOver = (house: House) => house.owner.query(`update delivery set not_before = '2026-01-01' where status = 'PENDING'`)

/** The numbers as they arrived, by lane; a message that came again is counted where it came first. */
export function orderOf(office: PostOffice): Record<string, number[]> {
  const seen = new Set<string>()
  const lanes: Record<string, number[]> = {}
  for (const { message } of office.arrived) {
    if (seen.has(message.id)) continue
    seen.add(message.id)
    const [lane, number] = message.subject.split('/') as [string, string]
    lanes[lane] = [...(lanes[lane] ?? []), Number(number)]
  }
  return lanes
}
