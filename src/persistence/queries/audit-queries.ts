import type { Actor } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import { type AuditFilter, auditConditions } from './audit-filter.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** Entries of cases that the viewer may see, newest first; the auditor sees all, attempts to open a case included. */
export function findEntries(db: Querier, processes: Processes, viewer: Actor, filter: AuditFilter, request: PageRequest): Promise<Page> {
  const conditions = auditConditions(processes, viewer, filter)
  return readPage(
    db,
    { from: 'audit_entry a left join service_case c on c.id = a.case_id', key: 'a.recorded_at', id: 'a.position', idIs: 'number', conditions },
    request,
  )
}

/** The history of one case in the order of its sequence; with `refusals`, the attempts beside it in the order of time. */
export function findHistory(db: Querier, caseId: string, refusals: boolean, request: PageRequest): Promise<Page> {
  const conditions = new Conditions().and('a.case_id = ?', caseId)
  if (!refusals) conditions.and('a.stream = ?', `case:${caseId}`)
  return readPage(db, { from: 'audit_entry a', key: 'a.recorded_at', id: 'a.position', idIs: 'number', conditions, ascending: true }, request)
}

/** Where a case stood at a moment: the newest entry recorded by then. Null: it was not open yet. */
export async function placeAt(db: Querier, caseId: string, at: Date): Promise<{ state: string; sequence: number; round: number } | null> {
  const { rows } = await db.query(
    `select to_state, sequence, (content::jsonb ->> 'round')::int as round from audit_entry where stream = $1 and recorded_at <= $2 order by sequence desc limit 1`,
    [`case:${caseId}`, at],
  )
  return rows[0] ? { state: rows[0].to_state, sequence: rows[0].sequence, round: rows[0].round } : null
}
