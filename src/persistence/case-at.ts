import type { CaseContext, FormValues } from '../define/index.js'
import type { CaseRecord, Surroundings } from '../engine/case-record.js'
import { type FoldedCase, foldCase } from '../engine/fold.js'
import { contextOf } from '../engine/judgement.js'
import { type LoadedProcess, pinned } from '../engine/processes.js'
import { formVersionsOf } from './form-versions.js'
import { historiesOf, type Until } from './histories.js'
import { type Moment, momentAt } from './moment.js'
import type { Querier } from './pool.js'
import { type House, surroundingsAt } from './surroundings-at.js'
import { type LaterWork, type TaskThen, tasksAt } from './tasks-at.js'

/** A case as it stood at a moment, with all that a judgement looked at. */
export interface CaseAt {
  readonly loaded: LoadedProcess
  readonly when: Moment
  readonly record: CaseRecord
  readonly around: Surroundings
  readonly context: CaseContext
  readonly tasks: readonly TaskThen[]
  /** What was raised to a post above only later. */
  readonly raisedLater: readonly LaterWork[]
}

/**
 * The case as its history tells it up to a moment (ISO 8601 with microseconds, that moment included) or up to a position, and what stood
 * around it. Null: it was not open yet. What is not in its history is read off rows that are never overwritten; what is overwritten is
 * as it is now, and {@link surroundingsAt} says what that is.
 */
export async function caseAt(db: Querier, house: House, caseId: string, until: Until & { readonly at: string }): Promise<CaseAt | null> {
  const history = (await historiesOf(db, [caseId], until)).get(caseId)!
  if (!history[0]) return null
  const loaded = pinned(house.processes, history[0].told)
  return around(db, house, loaded, foldCase(loaded.definition, history)!, until, {})
}

/** The case as it stood when an entry of its own was made, and as the act was judged: with the forms that it handed in. `position`: of the entry. */
export async function caseBefore(
  db: Querier,
  house: House,
  caseId: string,
  position: string,
): Promise<(CaseAt & { readonly data: Surroundings['data'] }) | null> {
  // Just before it: what else the same command wrote was not there yet.
  const { rows } = await db.query(
    `select sequence, content::jsonb as told, to_char((recorded_at - interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
       from audit_entry where position = $1 and stream = 'case:' || $2`,
    [position, caseId],
  )
  const { sequence, told, at } = rows[0]
  const history = (await historiesOf(db, [caseId], { before: position })).get(caseId)!
  if (!history[0]) return null
  const loaded = pinned(house.processes, history[0].told)
  const papers = await formVersionsOf(db, house.keys, [caseId])
  const handedIn: Record<string, FormValues> = Object.fromEntries(papers.flatMap((paper) => (paper.sequence === sequence ? [[paper.key, paper.values]] : [])))
  // What the act was judged by of others' commitments, it tells itself.
  const folded = { ...foldCase(loaded.definition, history)!, committedBefore: told.effect.done.committedBefore ?? [] }
  const stood = await around(db, house, loaded, folded, { at, before: position }, handedIn)
  const data = { ...stood.around.data, ...handedIn }
  return { ...stood, data, context: contextOf(loaded, stood.record, stood.around, told.occurredAt, data) }
}

async function around(
  db: Querier,
  house: House,
  loaded: LoadedProcess,
  folded: FoldedCase,
  until: Until & { readonly at: string },
  handedIn: Readonly<Record<string, FormValues>>,
): Promise<CaseAt> {
  const { record, committedBefore } = folded
  const when = await momentAt(db, until.at)
  const { tasks, raisedLater } = await tasksAt(db, folded, until.at)
  const surroundings = await surroundingsAt(db, house, { loaded, record, tasks, committedBefore, handedIn }, until, when)
  return { loaded, when, record, around: surroundings, context: contextOf(loaded, record, surroundings, until.at), tasks, raisedLater }
}
