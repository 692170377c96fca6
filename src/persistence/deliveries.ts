import type { Querier } from './pool.js'

export type Channel = 'WEBHOOK' | 'EMAIL' | 'DINGTALK' | 'WECOM' | 'FEISHU'
/** What a delivery says, in the words of its receiver; the address is looked up when it is sent. */
export interface Content {
  readonly at: string
  readonly subject: string
  readonly text: string
  readonly link: string | null
  readonly body: object | null
  /** For a summary: one line, and what orders it (ISO 8601). */
  readonly line?: string
  readonly dueAt?: string | null
}
export interface NewDelivery {
  readonly eventPosition: number | null
  readonly caseId: string | null
  readonly channel: Channel
  readonly endpointId: string | null
  readonly employeeId: string | null
  /** What must arrive one after the other. */
  readonly lane: string
  readonly content: Content
  /** DIGEST: waits for the summary of the day. */
  readonly status: 'PENDING' | 'DIGEST'
  /** ISO 8601. */
  readonly notBefore: string
}

export async function insertDeliveries(db: Querier, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return
  await db.query(
    `insert into delivery (event_position, case_id, channel, endpoint_id, employee_id, lane, content, status, not_before)
     select "eventPosition", "caseId", channel, "endpointId", "employeeId", lane, content, status, "notBefore" from rows from (jsonb_to_recordset($1) as ("eventPosition" bigint, "caseId" uuid,
       channel text, "endpointId" uuid, "employeeId" uuid, lane text, content jsonb, status text, "notBefore" timestamptz)) with ordinality order by ordinality`,
    [JSON.stringify(deliveries)],
  )
}

/** The first delivery of a lane, ready to be sent. `place`: where it goes, an endpoint or the mail. */
export interface Head {
  readonly seq: string
  readonly place: string
}
/** How many lanes one look passes at most: what it costs does not grow with the queue. */
const lanesPerLook = 1_000

const isReady = `status = 'PENDING' and not_before <= now() and (leased_until is null or leased_until < now())`

/**
 * Looks along the lanes, behind `after`, for those whose first delivery can be sent; not for the places that have enough to do.
 * A first delivery that waits, is under way or is dead holds its lane and no other.
 * Output: at most `most` heads, and where to look on; null: the end was reached.
 */
export async function findHeads(
  db: Querier,
  after: string,
  most: number,
  fullPlaces: readonly string[],
): Promise<{ readonly heads: readonly Head[]; readonly next: string | null }> {
  const first = (condition: string) =>
    `select lane, seq, coalesce(endpoint_id::text, channel) as place, (${isReady} and not (coalesce(endpoint_id::text, channel) = any($3)))::int as ready
       from delivery where status in ('PENDING', 'DEAD') and lane > ${condition} order by lane, seq limit 1`
  const { rows } = await db.query(
    `with recursive walk as (
       select lane, seq, place, ready, 1 as walked, ready as found from (${first('$1')}) head
       union all
       select next.*, walk.walked + 1, walk.found + next.ready from walk cross join lateral (${first('walk.lane')}) next where walk.walked < $4 and walk.found < $2)
     select coalesce(json_agg(json_build_object('seq', seq::text, 'place', place) order by walked) filter (where ready = 1), '[]') as heads,
       count(*)::int as walked, (array_agg(lane order by walked desc))[1] as last from walk`,
    [after, most, fullPlaces, lanesPerLook],
  )
  const { heads, walked, last } = rows[0]
  return { heads, next: walked < lanesPerLook && heads.length < most ? null : last }
}

/** A delivery taken on, with the address as it is now. `attempts`: this one included; it names the lease. */
export interface Claimed {
  readonly seq: string
  readonly id: string
  readonly lane: string
  readonly channel: Channel
  readonly attempts: number
  readonly content: Content
  readonly endpoint: { readonly id: string; readonly url: string; readonly secret: string | null; readonly active: boolean } | null
  readonly person: { readonly email: string | null; readonly mobile: string | null; readonly active: boolean } | null
}

/**
 * Leases lanes: their heads, and up to `perLane` deliveries that stand ready behind each without a gap, lane by lane in their order.
 * Whoever leases the head has the lane; another worker that saw the same head passes it over.
 */
export async function claimLanes(db: Querier, heads: readonly string[], perLane: number, leaseMs: number): Promise<Claimed[]> {
  const { rows } = await db.query(
    `with head as (select seq, lane from delivery where seq = any($1::bigint[]) and ${isReady} for update skip locked),
       run as (select follower.seq from head cross join lateral (
           select seq, bool_and(${isReady}) over (order by seq) as ready
             from (select seq, status, not_before, leased_until from delivery where status in ('PENDING', 'DEAD') and lane = head.lane order by seq limit $2) next) follower
         where follower.ready),
       leased as (update delivery d set leased_until = clock_timestamp() + $3 * interval '1 millisecond', attempts = attempts + 1
         from run where d.seq = run.seq and d.status = 'PENDING' returning d.*)
     select l.seq, l.id, l.lane, l.channel, l.attempts, l.content,
       case when e.id is null then null else json_build_object('id', e.id, 'url', e.url, 'secret', e.secret, 'active', e.active) end as endpoint,
       case when p.id is null then null else json_build_object('email', p.email, 'mobile', p.mobile, 'active', p.active) end as person
     from leased l left join endpoint e on e.id = l.endpoint_id left join employee p on p.id = l.employee_id order by l.lane, l.seq`,
    [heads, perLane, leaseMs],
  )
  return rows
}

/** What became of a delivery that was taken on. UNTRIED: given back as it was. `waitMs`: until it may be tried again. */
export interface Settled {
  readonly seq: string
  readonly attempts: number
  readonly status: 'SENT' | 'PENDING' | 'DEAD' | 'DROPPED' | 'UNTRIED'
  readonly waitMs?: number
  readonly why?: string
}
/** Only whoever holds the lease settles: what another has taken on since is the other's. */
export async function settleDeliveries(db: Querier, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return
  await db.query(
    `update delivery d set leased_until = null, status = case when r.status = 'UNTRIED' then 'PENDING' else r.status end,
       attempts = d.attempts - (r.status = 'UNTRIED')::int,
       not_before = case when r.status = 'PENDING' then clock_timestamp() + r."waitMs" * interval '1 millisecond' else d.not_before end,
       last_error = case when r.status = 'UNTRIED' then d.last_error else r.why end,
       settled_at = case when r.status in ('SENT', 'DROPPED', 'DEAD') then clock_timestamp() end
     from jsonb_to_recordset($1) as r(seq bigint, attempts int, status text, "waitMs" float8, why text)
     where d.seq = r.seq and d.attempts = r.attempts and d.status = 'PENDING'`,
    [JSON.stringify(settled)],
  )
}

/** Takes away what was settled more than so many days ago, a thousand at a time. Output: how many. */
export async function pruneDeliveries(db: Querier, days: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from delivery where seq in (select seq from delivery where status in ('SENT', 'DROPPED') and settled_at < now() - $1 * interval '1 day' order by settled_at limit 1000)`,
    [days],
  )
  return rowCount ?? 0
}

/** How much waits, summaries apart, and how many letters are dead. */
export async function deliveryFigures(db: Querier): Promise<{ readonly waiting: number; readonly dead: number }> {
  const { rows } = await db.query(
    `select (select count(*) from delivery where status = 'PENDING')::int as waiting, (select count(*) from delivery where status = 'DEAD')::int as dead`,
  )
  return rows[0]
}

/** A delivery as it stands, locked; null: there is none. */
export async function lockedDelivery(db: Querier, id: string): Promise<string | null> {
  return (await db.query('select status from delivery where id = $1 for update', [id])).rows[0]?.status ?? null
}
/** A dead letter goes on its way again as if new, or is given up; either way its lane is free. */
export async function releaseDead(db: Querier, id: string, what: 'RETRY' | 'DROP'): Promise<void> {
  await db.query(
    what === 'RETRY'
      ? `update delivery set status = 'PENDING', attempts = 0, not_before = clock_timestamp(), leased_until = null, settled_at = null where id = $1 and status = 'DEAD'`
      : `update delivery set status = 'DROPPED', settled_at = clock_timestamp() where id = $1 and status = 'DEAD'`,
    [id],
  )
}
