import type { Actor } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import { visibleTo } from './case-queries.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

export interface AuditFilter {
  readonly caseId?: string | null | undefined
  readonly process?: string | null | undefined
  readonly actorId?: string | null | undefined
  readonly action?: string | null | undefined
  readonly result?: 'DONE' | 'REFUSED' | 'CONFLICT' | null | undefined
  readonly recordedFrom?: Date | null | undefined
  readonly recordedBefore?: Date | null | undefined
}

/** Entries of cases that the viewer may see, newest first; the auditor sees all: attempts to open a case, what was read and sign-ins that failed included. */
export function findEntries(db: Querier, processes: Processes, viewer: Actor, filter: AuditFilter, request: PageRequest): Promise<Page> {
  const conditions = viewer.roles.includes('AUDITOR') ? new Conditions() : visibleTo(noReadings(new Conditions()), processes, viewer)
  conditions
    .andIf(filter.caseId, 'a.case_id = ?')
    .andIf(filter.process, 'a.process = ?')
    .andIf(filter.actorId, 'a.actor_id = ?')
    .andIf(filter.action, 'a.action = ?')
    .andIf(filter.result, 'a.result = ?')
    .andIf(filter.recordedFrom, 'a.recorded_at >= ?')
    .andIf(filter.recordedBefore, 'a.recorded_at < ?')
  return readPage(
    db,
    { from: 'audit_entry a left join service_case c on c.id = a.case_id', key: 'a.recorded_at', id: 'a.position', idIs: 'number', conditions },
    request,
  )
}

/** Who has read what is between the reader and the auditor. */
const noReadings = (conditions: Conditions): Conditions => conditions.and(`a.process <> 'access'`)

/** The history of one case in the order of its sequence; with `refusals`, what stands beside it in the order of time: attempts, work and, for the auditor, readings. */
export function findHistory(db: Querier, caseId: string, { roles }: Actor, refusals: boolean, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and('a.case_id = ?', caseId)
  if (!refusals) conditions.and('a.stream = ?', `case:${caseId}`)
  else if (!roles.includes('AUDITOR')) noReadings(conditions)
  return readPage(db, { from: 'audit_entry a', key: 'a.recorded_at', id: 'a.position', idIs: 'number', conditions, ascending: true }, request)
}
