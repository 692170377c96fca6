import { randomUUID } from 'node:crypto'
import type { Erased, ErasureTransaction, Obstacle } from '../engine/erasure-store.js'
import { systemAccount } from '../engine/system-account.js'
import type { Querier } from './pool.js'

/** What is written where a name was. */
const blank = '已删除'

/**
 * Holds and erasures on one transaction of the door. Their times are read off the database's clock where they are written: the moment of the
 * command itself is taken behind the lock on the history of the organisation, which comes last.
 */
export const erasureOn = (db: Querier): ErasureTransaction => ({
  ...holdsOn(db),
  ...requestsOn(db),
  // The lock that a new case takes on its customer, taken before it is looked at.
  isErased: async (customerId) =>
    (await db.query('select erased_at is not null as erased from customer where id = $1 for key share', [customerId])).rows[0]?.erased ?? false,
  lockCustomer: (customerId) => lockedCustomer(db, customerId),
  areDestroyed: async (keys) => (await db.query('select 1 from subject_key where id = any($1) and wrapped is not null limit 1', [keys])).rowCount === 0,
  obstacles: async (customerId) => (await obstaclesOf(db, [customerId])).get(customerId) ?? [],
  erase: (customerId, keys) => erase(db, customerId, keys),
})

type Holds = Pick<ErasureTransaction, 'placeHold' | 'lockHold' | 'liftHold' | 'isCaseErased'>
const holdsOn = (db: Querier): Holds => ({
  placeHold: async (caseId, reason, placedById) => {
    const id = randomUUID()
    await db.query('insert into legal_hold (id, case_id, reason, placed_by_id, placed_at) values ($1, $2, $3, $4, clock_timestamp())', [
      id,
      caseId,
      reason,
      placedById,
    ])
    return id
  },
  lockHold: async (holdId) =>
    (await db.query('select case_id as "caseId", lifted_at is not null as "isLifted" from legal_hold where id = $1 for update', [holdId])).rows[0] ?? null,
  liftHold: async (holdId, liftedById) => {
    await db.query('update legal_hold set lifted_by_id = $2, lifted_at = clock_timestamp() where id = $1', [holdId, liftedById])
  },
  isCaseErased: async (caseId) => (await db.query('select erased_at is not null as erased from service_case where id = $1', [caseId])).rows[0].erased,
})

type Requests = Pick<ErasureTransaction, 'deferredErasure' | 'erasure' | 'requestErasure' | 'setErasureRequested' | 'settleErasure'>
const requestsOn = (db: Querier): Requests => ({
  deferredErasure: async (customerId) =>
    (await db.query(`select id from erasure where customer_id = $1 and status = 'DEFERRED'`, [customerId])).rows[0]?.id ?? null,
  erasure: async (id) =>
    (await db.query('select id, customer_id as "customerId", status, requested_sequence as "requestedSequence" from erasure where id = $1', [id])).rows[0] ??
    null,
  requestErasure: async (customerId, reason, requestedById) => {
    const id = randomUUID()
    await db.query(
      `insert into erasure (id, customer_id, status, reason, requested_by_id, requested_at) values ($1, $2, 'DEFERRED', $3, $4, clock_timestamp())`,
      [id, customerId, reason, requestedById],
    )
    return id
  },
  setErasureRequested: async (id, sequence) => {
    await db.query('update erasure set requested_sequence = $2 where id = $1', [id, sequence])
  },
  settleErasure: async ({ id, customerId, keys, sequence }) => {
    await db.query(
      `insert into erasure (id, customer_id, status, reason, requested_by_id, requested_at, done_at, keys, sequence) values ($1, $2, 'DONE', '', $5, clock_timestamp(), clock_timestamp(), $3, $4)
         on conflict (id) do update set status = 'DONE', done_at = excluded.done_at, keys = excluded.keys, sequence = excluded.sequence`,
      [id, customerId, keys, sequence, systemAccount.employeeId],
    )
  },
})

/** The cases first, the older before the younger, as every act on them does; then the customer, behind whom no case is opened. */
async function lockedCustomer(db: Querier, customerId: string): Promise<{ isErased: boolean; hasPersonal: boolean } | null> {
  await db.query('select 1 from service_case where id = any(array(select id from cases_about($1))) order by opened_at, id for update', [customerId])
  const { rows } = await db.query('select erased_at is not null as "isErased" from customer where id = $1 for update', [customerId])
  if (!rows[0]) return null
  const { rowCount } = await db.query(
    'select 1 from subject_key where wrapped is not null and (customer_id = $1 or case_id = any(array(select id from cases_about($1)))) limit 1',
    [customerId],
  )
  return { isErased: rows[0].isErased, hasPersonal: rowCount === 1 }
}

const obstaclesMax = 100
/** What keeps customers from being erased, by customer; of each by the number of the case, at most 100. */
export async function obstaclesOf(db: Querier, customerIds: readonly string[]): Promise<Map<string, Obstacle[]>> {
  const { rows } = await db.query(
    `select customer, o.* from unnest($1::uuid[]) as customer cross join lateral (
       select 'OPEN_CASE' as kind, id as "caseId", number as "caseNumber", null::uuid as "holdId" from cases_about(customer) where outcome is null
       union all
       select 'HOLD', a.id, number, h.id from cases_about(customer) a join legal_hold h on h.case_id = a.id and h.lifted_at is null
       order by 3, 1, 4 limit ${obstaclesMax}) o`,
    [customerIds],
  )
  const found = new Map<string, Obstacle[]>()
  for (const { customer, ...obstacle } of rows) found.set(customer, [...(found.get(customer) ?? []), obstacle])
  return found
}

/** Everything from which a personal value could be read or guessed, in one go. */
async function erase(db: Querier, customerId: string, keys: readonly string[]): Promise<Erased> {
  const { rows: about } = await db.query('select id from cases_about($1)', [customerId])
  const cases: string[] = about.map(({ id }) => id)
  const { rows: gone } = await db.query(
    'update subject_key set wrapped = null, destroyed_at = clock_timestamp() where wrapped is not null and (customer_id = $1 or case_id = any($2) or id = any($3)) returning id',
    [customerId, cases, keys],
  )
  await db.query(`update contact set name = '${blank}', post = null, phone = null, email = null where customer_id = $1`, [customerId])
  await db.query(
    `update customer set erased_at = clock_timestamp(), name = case when kind = 'NATURAL_PERSON' then '${blank}客户 ' || code else name end where id = $1`,
    [customerId],
  )
  // With its salt known, a digest can be guessed at: that of the content, and that of a whole request.
  await db.query(`update service_case set erased_at = clock_timestamp(), content_salt = replace(gen_random_uuid()::text, '-', '') where id = any($1)`, [cases])
  await db.query(`update idempotency set request_hash = 'erased' where case_id = any($1)`, [cases])
  await db.query(`update task_draft set content = '{}' from task where task.id = task_id and case_id = any($1)`, [cases])
  return { keys: gone.map(({ id }) => id).sort(), cases }
}
