import type { Keyring } from '../audit/keyring.js'
import { type Actor, type Decision, type FormValues, isUuid, type Outcome, type Relative } from '../define/index.js'
import type { CaseRecord, Handling, PaperVersion } from '../engine/case-record.js'
import type { Querier } from './pool.js'
import { paperColumns, valuesOf, withSubjectKey } from './subject-keys.js'

/** The columns that make a {@link CaseRecord}, for any query that aliases the case as `c`. */
const columns = `c.id, c.number, c.process, c.definition_version, c.definition_hash, c.state, c.outcome, c.version, c.round,
  c.decisions, c.handling, c.applicant_id, c.applicant_person_id, c.customer_id, c.parent_id, c.revokes_id,
  c.opened_at, c.closed_at, c.entered_at, c.entered_sequence, c.paused_at, c.head_hash`

const recordOf = (row: any): CaseRecord => ({
  id: row.id,
  number: row.number,
  process: row.process,
  definitionVersion: row.definition_version,
  definitionHash: row.definition_hash,
  state: row.state,
  outcome: row.outcome as Outcome | null,
  version: row.version,
  round: row.round,
  decisions: row.decisions as Decision[],
  handling: row.handling as Handling,
  applicantId: row.applicant_id,
  applicantPersonId: row.applicant_person_id,
  customerId: row.customer_id,
  parentId: row.parent_id,
  revokesId: row.revokes_id,
  openedAt: row.opened_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  enteredAt: row.entered_at.toISOString(),
  enteredSequence: row.entered_sequence,
  pausedAt: row.paused_at?.toISOString() ?? null,
  headHash: row.head_hash,
})

/** The cases of these ids; those that do not exist are left out. */
export async function casesById(db: Querier, ids: readonly string[]): Promise<CaseRecord[]> {
  if (ids.length === 0) return []
  const { rows } = await db.query(`select ${columns} from service_case c where c.id = any($1)`, [ids])
  return rows.map(recordOf)
}
/** One case, locked until the transaction ends; with `above`, only when no other case stands above it. */
export async function lockedCase(db: Querier, id: string, above?: 'nothing above'): Promise<CaseRecord | null> {
  const { rows } = await db.query(`select ${columns} from service_case c where c.id = $1 ${above ? 'and c.parent_id is null' : ''} for update`, [id])
  return rows[0] ? recordOf(rows[0]) : null
}
/** The cases above one, the uppermost first. A case never changes its parent, so that this holds before any lock. */
export async function ancestorsOf(db: Querier, id: string): Promise<string[]> {
  const { rows } = await db.query(
    `with recursive line as (
       select parent_id as id, 1 as height from service_case where id = $1
       union all select c.parent_id, line.height + 1 from service_case c join line on c.id = line.id
     ) select id from line where id is not null order by height desc`,
    [id],
  )
  return rows.map((row) => row.id)
}
/** Open children of one process, locked in the order in which they were opened. */
export async function openChildrenOf(db: Querier, parentId: string, process: string): Promise<CaseRecord[]> {
  const { rows } = await db.query(
    `select ${columns} from service_case c where c.parent_id = $1 and c.process = $2 and c.outcome is null order by c.opened_at for update`,
    [parentId, process],
  )
  return rows.map(recordOf)
}

/** The newest version of every form of each case, by case and key. */
export async function newestForms(db: Querier, keys: Keyring, caseIds: readonly string[]): Promise<Map<string, Record<string, FormValues>>> {
  const { rows } = await db.query(
    `select distinct on (f.case_id, f.key) f.case_id, f.key, ${paperColumns} from form_version f ${withSubjectKey}
      where f.case_id = any($1) order by f.case_id, f.key, f.version desc`,
    [caseIds],
  )
  const data = new Map<string, Record<string, FormValues>>(caseIds.map((id) => [id, {}]))
  for (const { case_id, key, ...paper } of rows) data.get(case_id)![key] = valuesOf(keys, paper)
  return data
}

/** Every version of some forms of a case, in the order of their sequence. */
export async function paperVersions(db: Querier, keys: Keyring, caseId: string, papers: readonly string[]): Promise<PaperVersion[]> {
  const { rows } = await db.query(
    `select f.key, f.sequence, ${paperColumns} from form_version f ${withSubjectKey} where f.case_id = $1 and f.key = any($2) order by f.sequence, f.key`,
    [caseId, papers],
  )
  return rows.map(({ key, sequence, ...paper }) => ({ key, sequence, values: valuesOf(keys, paper) }))
}

/** Cases by id with their newest forms; of one that was revoked the outcome is `cancelled`. Locked against other acts until the transaction ends. */
export async function relatives(db: Querier, keys: Keyring, ids: readonly string[]): Promise<Record<string, Relative>> {
  if (ids.length === 0) return {}
  const { rows } = await db.query(
    `select c.id, c.process, c.state, case when c.outcome = 'completed' and (c.revokes_id is not null or exists (select from service_case r where r.revokes_id = c.id and r.outcome = 'completed')) then 'cancelled' else c.outcome end as outcome
       from service_case c where c.id = any($1) order by c.id for share of c`,
    [ids],
  )
  const forms = await newestForms(
    db,
    keys,
    rows.map(({ id }) => id),
  )
  return Object.fromEntries(rows.map(({ id, process, state, outcome }) => [id, { process, state, outcome, data: forms.get(id) ?? {} }]))
}

/** The human being behind each employee; whatever is no id, or nobody's, falls out. */
export async function personsOf(db: Querier, employeeIds: readonly string[]): Promise<Record<string, string>> {
  const ids = [...new Set(employeeIds)].filter(isUuid)
  if (ids.length === 0) return {}
  const { rows } = await db.query('select id, person_id from employee where id = any($1)', [ids])
  return Object.fromEntries(rows.map(({ id, person_id }) => [id, person_id]))
}

const entityTables: Readonly<Record<string, string>> = { Customer: 'customer', Employee: 'employee', Department: 'department', Case: 'service_case' }
/** Which of these references name nothing, as `Customer:<id>`. */
export async function missing(db: Querier, references: readonly { readonly entity: string; readonly id: string }[]): Promise<string[]> {
  const lost: string[] = []
  for (const [entity, table] of Object.entries(entityTables)) {
    const ids = [...new Set(references.filter((reference) => reference.entity === entity).map(({ id }) => id.toLowerCase()))]
    if (ids.length === 0) continue
    const { rows } = await db.query(`select id from ${table} where id = any($1)`, [ids])
    const found = new Set(rows.map(({ id }) => id))
    lost.push(...references.filter((reference) => reference.entity === entity && !found.has(reference.id.toLowerCase())).map(({ id }) => `${entity}:${id}`))
  }
  return lost
}

/** Has the actor anything to do with the case: took part, was copied, is offered a task, may step in, or is the proxy of somebody who is? */
export async function isInvolved(db: Querier, caseId: string, actor: Actor): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from case_participant where case_id = $1 and person_id = $2
       union all select 1 from case_copy where case_id = $1 and person_id = $2
       union all select 1 from task join task_offer on task_id = id where case_id = $1 and (person_id = $2 or department_ids && $3::uuid[] or level > 0 and role = any($4))
       union all select 1 from proxy_grant g join task_candidate k on k.employee_id = g.principal_id join task t on t.id = k.task_id and t.case_id = $1 and t.status = 'OPEN'
         join service_case c on c.id = t.case_id
        where g.proxy_id = $5 and g.revoked_at is null and g.valid_from <= now() and g.valid_to > now() and (g.processes = '{}' or c.process = any(g.processes)) limit 1`,
    [caseId, actor.personId, actor.departmentIds, actor.roles, actor.employeeId],
  )
  return rowCount === 1
}
