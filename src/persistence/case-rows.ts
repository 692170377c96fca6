import { type Decision, type FormValues, isUuid, type Outcome } from '../define/index.js'
import type { CaseRecord, StateValue } from '../engine/case-store.js'
import type { Querier } from './pool.js'

/** The columns that make a {@link CaseRecord}, for any query that aliases the case as `c`. */
const columns = `c.id, c.number, c.process, c.definition_version, c.definition_hash, c.state, c.value, c.outcome, c.version, c.round,
  c.decisions, c.applicant_id, c.applicant_person_id, c.customer_id, c.parent_id, c.head_hash`

const recordOf = (row: any): CaseRecord => ({
  id: row.id,
  number: row.number,
  process: row.process,
  definitionVersion: row.definition_version,
  definitionHash: row.definition_hash,
  state: row.state,
  value: row.value as StateValue,
  outcome: row.outcome as Outcome | null,
  version: row.version,
  round: row.round,
  decisions: row.decisions as Decision[],
  applicantId: row.applicant_id,
  applicantPersonId: row.applicant_person_id,
  customerId: row.customer_id,
  parentId: row.parent_id,
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
export async function newestForms(db: Querier, caseIds: readonly string[]): Promise<Map<string, Record<string, FormValues>>> {
  const { rows } = await db.query(
    'select distinct on (case_id, key) case_id, key, content from form_version where case_id = any($1) order by case_id, key, version desc',
    [caseIds],
  )
  const data = new Map<string, Record<string, FormValues>>(caseIds.map((id) => [id, {}]))
  for (const { case_id, key, content } of rows) data.get(case_id)![key] = JSON.parse(content)
  return data
}

/** The human being behind each employee; whatever is no id, or nobody's, falls out. */
export async function personsOf(db: Querier, employeeIds: readonly string[]): Promise<Record<string, string>> {
  const ids = [...new Set(employeeIds)].filter(isUuid)
  if (ids.length === 0) return {}
  const { rows } = await db.query('select id, person_id from employee where id = any($1)', [ids])
  return Object.fromEntries(rows.map(({ id, person_id }) => [id, person_id]))
}
