import type { Keyring } from '../audit/keyring.js'
import { arrowsFrom, type FormValues, isFinal, type Relative, stepIn } from '../define/index.js'
import type { Ask, CaseRecord, Surroundings } from '../engine/case-record.js'
import { foldCase } from '../engine/fold.js'
import { casesNamed, idsNamedIn } from '../engine/forms-handed-in.js'
import { openCasesAskedBy } from '../engine/open.js'
import { type LoadedProcess, type Processes, pinned } from '../engine/processes.js'
import { actorsOf } from './actors.js'
import { personsOf } from './case-rows.js'
import { told } from './command-store.js'
import { historiesOf, type Until } from './histories.js'
import type { Moment } from './moment.js'
import type { Querier } from './pool.js'
import { paperColumns, valuesOf, withSubjectKey } from './subject-keys.js'
import { settingsOf } from './surroundings.js'
import type { TaskThen } from './tasks-at.js'

/** What reads a history: the definitions that it stands under, and the keys of its personal values. */
export interface House {
  readonly processes: Processes
  readonly keys: Keyring
}
/** Where a case stood: up to which of its versions its forms count. */
interface Place {
  readonly id: string
  readonly version: number
}
interface Standing extends Place, Omit<Relative, 'data'> {
  readonly revoked: boolean
}
interface Asked {
  readonly loaded: LoadedProcess
  readonly record: CaseRecord
  readonly tasks: readonly TaskThen[]
  readonly committedBefore: readonly string[]
  /** Forms that are just being handed in: what they name is known as well. */
  readonly handedIn: Readonly<Record<string, FormValues>>
}

/**
 * What a judgement looked at, as it stood then. Settings, departments and the customers of other cases are as they are now: they are
 * overwritten, and no history of a case has them.
 */
export async function surroundingsAt(db: Querier, house: House, asked: Asked, until: Until, when: Moment): Promise<Surroundings> {
  const { loaded, record, tasks, committedBefore, handedIn } = asked
  const { definition } = loaded
  const { processes, keys } = house
  const parent = record.parentId ? await parentAt(db, processes, record.parentId, until) : null
  const children = await standingAt(db, processes, 'c.parent_id = $1', record.id, until)
  const papers = await papersAt(db, keys, [record, ...(parent ? [parent] : []), ...children])
  const data = papers.get(record.id)!.data
  const ids = casesNamed(definition, { ...data, ...handedIn })
  const named = ids.length > 0 ? await standingAt(db, processes, 'c.id = any($1)', ids, until) : []
  const namedPapers = await papersAt(db, keys, named)
  const editorOf = papers.get(record.id)!.editorOf
  const { rows: own } = await db.query('select content_salt from service_case where id = $1', [record.id])
  const claimed = tasks.filter(({ kind, isOpen, holder }) => kind === 'DECIDE' && isOpen && holder !== null)
  const held = claimed.map(({ holder }) => holder!.employeeId)
  const holders = held.length > 0 ? await actorsOf(db, held, when) : new Map()
  const guards = arrowsFrom(definition, record.state).map(({ guard }) => guard)
  return {
    data,
    children: children.map((child) => ({ ...relative(child), id: child.id, data: papers.get(child.id)!.data })),
    parent: parent && { ...parent, data: papers.get(parent.id)!.data },
    openCases: await openCasesAt(db, record, openCasesAskedBy(guards), when),
    settings: await settingsOf(db, record.process, told(processes).settings(record.process)),
    claims: claimed.map(({ state, seat, holder }) => {
      const person = holders.get(holder!.employeeId)
      return { state, seat, at: holder!.at, claimedById: holder!.employeeId, holder: person ? { ...person, limits: {} } : null }
    }),
    asks: await asksAt(db, record, when),
    personOf: await personsOf(db, [...Object.values(editorOf), ...idsNamedIn({ ...data, ...handedIn })]),
    editorOf,
    contentSalt: own[0].content_salt,
    committedBefore,
    // Of one that was revoked the end counts as cancelled.
    named: Object.fromEntries(
      named.map((one) => [one.id, { ...relative(one), ...(one.revoked && { outcome: 'cancelled' }), data: namedPapers.get(one.id)!.data }]),
    ),
  }
}
const relative = ({ process, state, outcome }: Standing) => ({ process, state, outcome })

async function parentAt(db: Querier, processes: Processes, id: string, until: Until): Promise<CaseRecord | null> {
  const history = (await historiesOf(db, [id], until)).get(id)!
  return history[0] ? foldCase(pinned(processes, history[0].told).definition, history)!.record : null
}

/** Cases as they stood, by the newest entry of each; those that were not open yet are left out. */
async function standingAt(db: Querier, processes: Processes, which: string, value: unknown, { at, before }: Until): Promise<Standing[]> {
  const newest = (id: string) =>
    `select sequence, to_state from audit_entry where stream = 'case:' || ${id} and ($2::timestamptz is null or recorded_at <= $2) and ($3::bigint is null or position < $3) order by sequence desc limit 1`
  const { rows } = await db.query(
    `select c.id, c.process, c.definition_version, last.sequence as version, last.to_state as state,
       c.revokes_id is not null or exists (select from service_case r where r.revokes_id = c.id and r.outcome = 'completed' and r.closed_at <= $2) as revoking
       from service_case c join lateral (${newest('c.id')}) last on true where ${which} order by c.opened_at`,
    [value, at ?? null, before ?? null],
  )
  return rows.map(({ id, process, definition_version, version, state, revoking }) => {
    const step = stepIn(processes.at(process, definition_version)!.definition, state)
    const outcome = step && isFinal(step) ? step.outcome : null
    return { id, version, process, state, outcome, revoked: outcome === 'completed' && revoking }
  })
}

interface Papers {
  readonly data: Record<string, FormValues>
  readonly editorOf: Record<string, string>
}
/** The newest forms of each case up to its version, and who wrote them. */
async function papersAt(db: Querier, keys: Keyring, places: readonly Place[]): Promise<Map<string, Papers>> {
  const papers = new Map<string, Papers>(places.map(({ id }) => [id, { data: {}, editorOf: {} }]))
  if (places.length === 0) return papers
  const { rows } = await db.query(
    `select distinct on (f.case_id, f.key) f.case_id, f.key, ${paperColumns}, f.submitted_by_id from unnest($1::uuid[], $2::integer[]) as place(id, version)
       join form_version f on f.case_id = place.id and f.sequence <= place.version ${withSubjectKey} order by f.case_id, f.key, f.version desc`,
    [places.map(({ id }) => id), places.map(({ version }) => version)],
  )
  for (const { case_id, key, submitted_by_id, ...paper } of rows) {
    const { data, editorOf } = papers.get(case_id)!
    data[key] = valuesOf(keys, paper)
    if (submitted_by_id) editorOf[key] = submitted_by_id
  }
  return papers
}

/** How many other cases of the customer were open, by process. */
async function openCasesAt(db: Querier, { id, customerId }: CaseRecord, processes: readonly string[], { at }: Moment): Promise<Record<string, number>> {
  if (processes.length === 0 || customerId === null) return {}
  const { rows } = await db.query(
    `select process, count(*)::int as open from service_case
      where customer_id = $1 and id <> $2 and process = any($3) and opened_at <= $4 and (closed_at is null or closed_at > $4) group by process`,
    [customerId, id, processes, at],
  )
  return Object.fromEntries(rows.map(({ process, open }) => [process, open]))
}

/** What had been asked in the state since the case came to it. A signer who follows is asked once he has a task. */
async function asksAt(db: Querier, { id, state, enteredSequence }: CaseRecord, { at }: Moment): Promise<Ask[]> {
  const { rows } = await db.query(
    `select a.id, a.kind, a.seat, a.question, a.by_id, one.person_id as by_person, a.to_id, other.person_id as to_person,
         case when a.answered_at <= $3 then a.status
              when a.kind <> 'SIGN_AFTER' or exists (select from task t where t.ask_id = a.id and t.opened_at <= $3) then 'OPEN' else 'WAITING' end as status
       from ask a join employee one on one.id = a.by_id join employee other on other.id = a.to_id
       join audit_entry entered on entered.stream = 'case:' || a.case_id and entered.sequence = $4
      where a.case_id = $1 and a.state = $2 and a.asked_at <= $3 and a.asked_at >= entered.recorded_at
      order by a.asked_at, a.id`,
    [id, state, at, enteredSequence],
  )
  return rows.map(({ id: ask, kind, seat, question, status, by_id, by_person, to_id, to_person }) => ({
    id: ask,
    kind,
    seat,
    question,
    status,
    by: { employeeId: by_id, personId: by_person },
    to: { employeeId: to_id, personId: to_person },
  }))
}
