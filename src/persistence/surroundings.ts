import type { Keyring } from '../audit/keyring.js'
import type { Decision, FormValues } from '../define/index.js'
import type { Ask, CaseRecord, Surroundings } from '../engine/case-record.js'
import { idsNamedIn } from '../engine/forms-handed-in.js'
import { actorsOf } from './actors.js'
import { personsOf } from './case-rows.js'
import type { Querier } from './pool.js'
import { paperColumns, type StoredPaper, valuesOf, withSubjectKey } from './subject-keys.js'

interface Asked {
  readonly openCases: readonly string[]
  /** The figures that a process declares; the organisation's own stand above them. */
  readonly settings: (process: string) => Readonly<Record<string, number>>
  /** The accounts that a case draws on, in the order of its process; null for one that its forms do not name. */
  readonly accounts: (record: CaseRecord, data: Readonly<Record<string, FormValues>>) => readonly (string | null)[]
}

/** What a judgement looks at, for many cases in a handful of statements, by case id. */
export async function surroundingsOf(db: Querier, keys: Keyring, records: readonly CaseRecord[], asked: Asked): Promise<Map<string, Surroundings>> {
  const { children, parents, papers, settings, claims, asks, salts, committed } = await relativesAndPapers(db, records)
  const forms = new Map<string, Record<string, FormValues>>()
  for (const { case_id, key, ...paper } of papers) forms.set(case_id, { ...forms.get(case_id), [key]: valuesOf(keys, paper) })
  const personOf = await personsOf(db, [
    ...papers.flatMap(({ submitted_by_id }) => submitted_by_id ?? []),
    ...records.flatMap(({ id }) => idsNamedIn(forms.get(id) ?? {})),
  ])
  const openCases = await openCasesOf(db, records, asked.openCases)
  const holders =
    claims.length > 0
      ? await actorsOf(
          db,
          claims.map(({ holder_id }) => holder_id),
        )
      : new Map()
  const holderOf = (id: string) => {
    const person = holders.get(id)
    return person ? { ...person, limits: {} } : null
  }
  const dataOf = (id: string) => forms.get(id) ?? {}
  return new Map(
    records.map((record): [string, Surroundings] => {
      const parent = parents.find(({ id }) => id === record.parentId)
      const own = settings.filter(({ process }) => process === record.process).map(({ key, value }) => [key, value])
      return [
        record.id,
        {
          data: dataOf(record.id),
          children: children
            .filter(({ parent_id }) => parent_id === record.id)
            .map(({ id, process, state, outcome }) => ({ id, process, state, outcome, data: dataOf(id) })),
          parent: parent ? { ...parent, data: dataOf(parent.id) } : null,
          openCases: openCases.get(record.id) ?? {},
          settings: { ...asked.settings(record.process), ...Object.fromEntries(own) },
          claims: claims
            .filter(({ case_id }) => case_id === record.id)
            .map(({ state, seat, at, holder_id }) => ({ state, seat, at, claimedById: holder_id, holder: holderOf(holder_id) })),
          asks: asks.filter(({ case_id }) => case_id === record.id).map(askOf),
          personOf,
          editorOf: Object.fromEntries(
            papers.flatMap(({ case_id, key, submitted_by_id }) => (case_id === record.id && submitted_by_id ? [[key, submitted_by_id]] : [])),
          ),
          contentSalt: salts.find(({ id }) => id === record.id)?.content_salt ?? '',
          committedBefore: asked
            .accounts(record, dataOf(record.id))
            .map((account) => committed.find((one) => one.case_id === record.id && one.account === account)?.total ?? '0'),
          named: {},
        },
      ]
    }),
  )
}

interface AskRow extends Pick<Ask, 'id' | 'kind' | 'seat' | 'question' | 'status'> {
  readonly case_id: string
  readonly by_id: string
  readonly by_person: string
  readonly to_id: string
  readonly to_person: string
}
const askOf = ({ id, kind, seat, question, status, by_id, by_person, to_id, to_person }: AskRow): Ask => ({
  id,
  kind,
  seat,
  question,
  status,
  by: { employeeId: by_id, personId: by_person },
  to: { employeeId: to_id, personId: to_person },
})

interface Found {
  readonly children: readonly { id: string; parent_id: string; process: string; state: string; outcome: string | null }[]
  readonly parents: readonly { id: string; process: string; state: string; outcome: string | null; decisions: Decision[] }[]
  readonly papers: readonly (StoredPaper & { case_id: string; key: string; submitted_by_id: string | null })[]
  readonly asks: readonly AskRow[]
  readonly salts: readonly { id: string; content_salt: string }[]
  readonly committed: readonly { case_id: string; account: string; total: string }[]
  readonly claims: readonly { case_id: string; state: string; seat: string | null; at: string; holder_id: string }[]
  readonly settings: readonly { process: string; key: string; value: number }[]
}
/** One round trip for all of it: on the way of every act the number of round trips is what costs. */
async function relativesAndPapers(db: Querier, records: readonly CaseRecord[]): Promise<Found> {
  const { rows } = await db.query(
    `with child as (select id, parent_id, process, state, outcome, opened_at from service_case where parent_id = any($1::uuid[])),
       paper as (select distinct on (f.case_id, f.key) f.case_id, f.key, ${paperColumns}, submitted_by_id from form_version f ${withSubjectKey}
                  where f.case_id = any(array(select id from child) || $1::uuid[] || $2::uuid[]) order by f.case_id, f.key, f.version desc)
     select
       (select coalesce(json_agg(child order by opened_at), '[]') from child) as children,
       (select coalesce(json_agg(json_build_object('id', id, 'process', process, 'state', state, 'outcome', outcome, 'decisions', decisions)), '[]')
          from service_case where id = any($2::uuid[])) as parents,
       (select coalesce(json_agg(paper), '[]') from paper) as papers,
       (select coalesce(json_agg(json_build_object('case_id', case_id, 'state', state, 'seat', seat, 'at', claimed_at, 'holder_id', claimed_by_id)), '[]')
          from task where case_id = any($1::uuid[]) and status in ('OPEN', 'SUSPENDED') and kind = 'DECIDE' and claimed_by_id is not null) as claims,
       (select coalesce(json_agg(json_build_object('id', a.id, 'case_id', case_id, 'kind', a.kind, 'seat', seat, 'question', question, 'status', status,
                 'by_id', by_id, 'by_person', one.person_id, 'to_id', to_id, 'to_person', other.person_id) order by asked_at, a.id), '[]')
          from ask a join employee one on one.id = by_id join employee other on other.id = to_id where case_id = any($1::uuid[]) and live) as asks,
       (select coalesce(json_agg(json_build_object('id', id, 'content_salt', content_salt)), '[]') from service_case where id = any($1::uuid[])) as salts,
       (select coalesce(json_agg(json_build_object('case_id', mine.case_id, 'account', mine.account, 'total', (select coalesce(sum(amount), 0)::text from commitment other
                 where other.account = mine.account and other.counterparty_id = mine.counterparty_id and other.period = mine.period
                   and other.place < mine.place and other.status <> 'RELEASED'))), '[]')
          from commitment mine where mine.case_id = any($1::uuid[]) and mine.status <> 'RELEASED') as committed,
       (select coalesce(json_agg(json_build_object('process', process, 'key', key, 'value', value)), '[]') from process_setting where process = any($3)) as settings`,
    [records.map(({ id }) => id), records.flatMap(({ parentId }) => parentId ?? []), [...new Set(records.map(({ process }) => process))]],
  )
  return rows[0]
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

/** The figures of a process: the ones that it declares, and above them the organisation's own. */
export async function settingsOf(db: Querier, process: string, declared: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const { rows } = await db.query('select key, value::float8 as value from process_setting where process = $1', [process])
  return { ...declared, ...Object.fromEntries(rows.map(({ key, value }) => [key, value])) }
}
