import type { House } from './house.js'

/** What is particular about the entries of `manyEntries`: values that hold of few of them, or only of old ones. */
export const rare = {
  /** Used in the first twentieth of the time alone. */
  oldProcess: 'expense-reimbursement',
  oldActor: 'guest-001',
  /** Five entries. */
  reason: 'TASK_EXPIRED',
  /** One entry each. */
  amount: '88888888.88',
  role: 'GENERAL_MANAGER',
  state: 'reportReview',
  action: 'REVOKE',
  /** None. */
  idleActor: 'guest-000',
  /** Took part in so many cases, and in few of old. */
  witness: 'guest-002',
  oldWitness: 'guest-003',
} as const
const states = ['draft', 'registered', 'noticeReview', 'investigating', 'causeVerdict', 'planDrafting', 'countersigning', 'managerApproval', 'closed']
const actions = ['SUBMIT', 'APPROVE', 'RETURN', 'REJECT', 'SIGN', 'CONFIRM', 'WITHDRAW', 'AMEND', 'ABSTAIN', 'COUNT', 'CLAIM', 'RELEASE', 'REMIND', 'DUN']
const reasons = ['NOT_AUTHORISED', 'CONDITION_UNMET', 'ACTION_UNAVAILABLE', 'SOD_CONFLICT', 'LIMIT_EXCEEDED', 'FORM_INVALID']
const roles = ['CS_MANAGER', 'CS_SUPERVISOR', 'COMPLAINT_SPECIALIST', 'COMPLAINT_SUPERVISOR', 'RELATIONS_SPECIALIST', 'FINANCE', 'EMPLOYEE', 'CS_DIRECTOR']

export const start = new Date('2023-11-01T00:00:00Z')
export const days = 1_095
const list = (values: readonly string[]) => `'{${values.join(',')}}'::text[]`
/** One of a list, the first most often. */
const skewed = (values: readonly string[], by: string) => `(${list(values)})[1 + floor(${values.length} * power(${by}, 2))::int]`

/** As many entries as are asked for, of three years, with one case for every 200; by SQL, past the door: none of them is on a chain. */
export async function manyEntries({ owner, processes }: House, count: number): Promise<void> {
  const ids = [...processes.current.keys()].filter((id) => id !== rare.oldProcess)
  const cases = Math.ceil(count / 200)
  await owner.query(`set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '1GB'; select setseed(0.5)`)
  await people(owner)
  await owner.query(
    `insert into service_case (id, number, process, definition_version, definition_hash, state, version, round, decisions, applicant_id, applicant_person_id, customer_id, head_hash, opened_at, updated_at)
     select md5('case' || i)::uuid, 'V-' || i, case when i <= $1 / 20 and i % 10 = 0 then '${rare.oldProcess}' else ${skewed(ids, 'u')} end, 1, '', 'draft', 1, 1, '[]',
       p.id, p.person_id, case when i % 5 > 0 then md5('customer' || floor(5000 * power(v, 2)))::uuid end, '', $2::timestamptz, $2::timestamptz
     from (select i, random() as u, random() as v from generate_series(1, $1) i) s cross join (select id, person_id from employee where login = 'guest-004') p`,
    [cases, start],
  )
  await owner.query(
    `insert into case_participant select md5('case' || i)::uuid, p.person_id from employee p cross join generate_series(1, $1) i
     where p.login = '${rare.witness}' and i % ($1 / 100) = 0 or p.login = '${rare.oldWitness}' and i in (5, 6, 7)`,
    [cases],
  )
  const { rows: definitions } = await owner.query(
    `select indexname as name, indexdef as definition from pg_indexes where tablename = 'audit_entry' and indexname not in ('audit_entry_pkey', 'audit_entry_position_key')`,
  )
  for (const { name } of definitions) await owner.query(`drop index ${name}`)
  for (let from = 1; from <= count; from += 1_000_000) await insertEntries(owner, { from, to: Math.min(count, from + 999_999), count, cases })
  await single(owner, count)
  for (const { definition } of definitions) await owner.query(definition)
  await owner.query('set session_replication_role = default')
  await owner.query('vacuum analyze audit_entry')
  await owner.query('analyze')
}

const people = (owner: House['owner']) =>
  owner.query(`insert into employee (id, number, login, name, person_id)
     select md5('guest' || i)::uuid, login, login, login, md5('person' || i)::uuid from (select i, 'guest-' || lpad(i::text, 3, '0') as login from generate_series(0, 200) i) s`)

/** 15 in 100 stand beside the cases: 10 work on tasks, 3 refusals, 1 readings, 1 changes of the organisation and failed sign-ins. */
async function insertEntries(owner: House['owner'], at: { from: number; to: number; count: number; cases: number }): Promise<void> {
  await owner.query(
    `insert into audit_entry (stream, sequence, case_id, process, action, result, actor_id, on_behalf_of_id, role_used, from_state, to_state, occurred_at, recorded_at,
       content, previous_hash, hash, mac, mac_key, customer_id, amount, reason_codes)
     select case kind when 'organisation' then kind when 'sign-in' then kind when 'access' then 'access:' || actor else kind || ':' || c.id end,
       i + 100000, case when kind in ('organisation', 'sign-in') then null else c.id end, case when kind in ('organisation', 'sign-in') then 'organisation' else c.process end,
       action, case when kind <> 'attempts' then 'DONE' when u < 0.1 then 'CONFLICT' else 'REFUSED' end, case when w < 0.1 then null else actor end,
       case when v < 0.01 then md5('guest' || 9)::uuid end, ${skewed(roles, 'v')}, place,
       case when kind = 'attempts' then null when kind = 'case' and w < 0.7 then (${list(states)})[1 + (i * 7 + 3) % ${states.length}] else place end,
       case when u > 0.95 then recorded - v * interval '60 days' else recorded end, recorded, repeat('x', 900) || i, md5(i::text) || md5(i::text), md5(i::text) || md5(i::text),
       md5(i::text) || md5(i::text), 'mac-1', case when kind <> 'sign-in' then c.customer_id end, case when w > 0.4 then round(exp(2 + 8 * v)::numeric, 2) end,
       case when kind = 'attempts' then array[case when u < 0.1 then 'CASE_STALE' else ${skewed(reasons, 'v')} end] end
     from (select *, md5('case' || least($4, greatest(1, ceil(i * $4::float8 / $3 - 300 * u * v)))::int)::uuid as of_case, ${skewed(states, 'w')} as place, ${skewed(actions, 'u')} as action,
             $5::timestamptz + (i::float8 / $3) * interval '${days} days' as recorded,
             case when k < 0.85 then 'case' when k < 0.95 then 'work' when k < 0.98 then 'attempts' when k < 0.99 then 'access' when k < 0.995 then 'organisation' else 'sign-in' end as kind,
             case when i < $3 / 20 and i % 50 = 0 then md5('guest' || 1)::uuid else md5('guest' || 4 + floor(197 * power(w, 2)))::uuid end as actor
           from (select i, random() as u, random() as v, random() as w, random() as k from generate_series($1::int, $2::int) i) dice) e
       join service_case c on c.id = e.of_case order by i`,
    [at.from, at.to, at.count, at.cases, start],
  )
}

/** The few among the many: one entry each, and five refusals, all of the first year. */
const single = (owner: House['owner'], count: number) =>
  owner.query(
    `insert into audit_entry (stream, sequence, process, action, result, role_used, from_state, to_state, occurred_at, recorded_at, content, previous_hash, hash, amount, reason_codes)
     select case when i = 0 then 'rare' else 'attempts:opening' end, $1 + i, 'organisation', case when i = 0 then '${rare.action}' else 'SUBMIT' end,
       case when i = 0 then 'DONE' else 'REFUSED' end, case when i = 0 then '${rare.role}' end, null, case when i = 0 then '${rare.state}' end,
       $2::timestamptz + i * interval '30 days', $2::timestamptz + i * interval '30 days', '{}', '', '', case when i = 0 then ${rare.amount} end,
       case when i > 0 then array['${rare.reason}'] end from generate_series(0, 5) i`,
    [count + 1, start],
  )
