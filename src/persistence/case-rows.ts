import type { Decision, FormValues, Outcome } from '../define/index.js'
import type { CaseRecord, StateValue, Surroundings } from '../engine/case-store.js'
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
/** One case, locked until the transaction ends. */
export async function lockedCase(db: Querier, id: string): Promise<CaseRecord | null> {
  const { rows } = await db.query(`select ${columns} from service_case c where c.id = $1 for update`, [id])
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
  const { rows } = await db.query(`select ${columns} from service_case c where c.parent_id = $1 and c.process = $2 and c.outcome is null order by c.opened_at for update`, [parentId, process])
  return rows.map(recordOf)
}

/** The newest version of every form of each case, by case and key. */
export async function newestForms(db: Querier, caseIds: readonly string[]): Promise<Map<string, Record<string, FormValues>>> {
  const { rows } = await db.query('select distinct on (case_id, key) case_id, key, content from form_version where case_id = any($1) order by case_id, key, version desc', [caseIds])
  const data = new Map<string, Record<string, FormValues>>(caseIds.map((id) => [id, {}]))
  for (const { case_id, key, content } of rows) data.get(case_id)![key] = JSON.parse(content)
  return data
}

/** The human being behind each employee. */
export async function personsOf(db: Querier, employeeIds: readonly string[]): Promise<Record<string, string>> {
  const ids = [...new Set(employeeIds)].filter((id) => /^[0-9a-f-]{36}$/i.test(id))
  if (ids.length === 0) return {}
  const { rows } = await db.query('select id, person_id from employee where id = any($1)', [ids])
  return Object.fromEntries(rows.map(({ id, person_id }) => [id, person_id]))
}

/** What a judgement looks at, for many cases in a handful of statements, by case id. */
export async function surroundingsOf(db: Querier, records: readonly CaseRecord[], asked: { openCases: readonly string[]; settings: (process: string) => Readonly<Record<string, number>> }): Promise<Map<string, Surroundings>> {
  const children = await childrenOf(db, records.map(({ id }) => id))
  const parents = new Map((await casesById(db, records.flatMap(({ parentId }) => parentId ?? []))).map((parent) => [parent.id, parent]))
  const forms = await newestForms(db, [...new Set([...records.map(({ id }) => id), ...children.map(({ id }) => id), ...parents.keys()])])
  const personOf = await personsOf(db, records.flatMap(({ id }) => idsNamedIn(forms.get(id)!)))
  const openCases = await openCasesOf(db, records, asked.openCases)
  const settings = await settingsOf(db, [...new Set(records.map(({ process }) => process))])
  return new Map(
    records.map((record) => {
      const parent = record.parentId ? parents.get(record.parentId) : undefined
      const around: Surroundings = {
        data: forms.get(record.id)!,
        children: children.filter(({ parentId }) => parentId === record.id).map((child) => ({ ...child, data: forms.get(child.id)! })),
        parent: parent ? { id: parent.id, process: parent.process, state: parent.state, outcome: parent.outcome, data: forms.get(parent.id)!, decisions: parent.decisions } : null,
        openCases: openCases.get(record.id) ?? {},
        settings: { ...asked.settings(record.process), ...settings.get(record.process) },
        personOf,
      }
      return [record.id, around]
    }),
  )
}
/** Any id that a form may name; those that are no employees fall out of the look-up. */
const idsNamedIn = (data: Record<string, FormValues>): string[] =>
  Object.values(data).flatMap((values) => Object.values(values).flat()).filter((value): value is string => typeof value === 'string' && value.length === 36)

async function childrenOf(db: Querier, ids: readonly string[]) {
  const { rows } = await db.query('select id, parent_id, process, state, outcome from service_case where parent_id = any($1) order by opened_at', [ids])
  return rows.map((row) => ({ id: row.id as string, parentId: row.parent_id as string, process: row.process as string, state: row.state as string, outcome: row.outcome as string | null }))
}
async function openCasesOf(db: Querier, records: readonly CaseRecord[], processes: readonly string[]): Promise<Map<string, Record<string, number>>> {
  const counts = new Map<string, Record<string, number>>()
  if (processes.length === 0) return counts
  const { rows } = await db.query(
    `select mine.id, other.process, count(*)::int as open from unnest($1::uuid[], $2::uuid[]) as mine (id, customer_id)
       join service_case other on other.customer_id = mine.customer_id and other.id <> mine.id and other.outcome is null and other.process = any($3)
      group by mine.id, other.process`,
    [records.map(({ id }) => id), records.map(({ customerId }) => customerId), processes],
  )
  for (const { id, process, open } of rows) counts.set(id, { ...counts.get(id), [process]: open })
  return counts
}
async function settingsOf(db: Querier, processes: readonly string[]): Promise<Map<string, Record<string, number>>> {
  const { rows } = await db.query('select process, key, value from process_setting where process = any($1)', [processes])
  const settings = new Map<string, Record<string, number>>()
  for (const { process, key, value } of rows) settings.set(process, { ...settings.get(process), [key]: Number(value) })
  return settings
}
