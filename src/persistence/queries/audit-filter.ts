import type { Actor } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import { visibleTo } from './case-queries.js'
import { Conditions } from './page.js'

export interface AuditFilter {
  readonly caseId?: string | null | undefined
  readonly process?: string | null | undefined
  readonly actorId?: string | null | undefined
  readonly action?: string | null | undefined
  readonly result?: 'DONE' | 'REFUSED' | 'CONFLICT' | null | undefined
  readonly recordedFrom?: Date | null | undefined
  readonly recordedBefore?: Date | null | undefined
}

/** Which entries, of `audit_entry a left join service_case c`: of cases that the viewer may see; the auditor sees all, attempts to open a case included. */
export function auditConditions(processes: Processes, viewer: Actor, filter: AuditFilter): Conditions {
  const conditions = viewer.roles.includes('AUDITOR') ? new Conditions() : visibleTo(new Conditions(), processes, viewer)
  return conditions
    .andIf(filter.caseId, 'a.case_id = ?')
    .andIf(filter.process, 'a.process = ?')
    .andIf(filter.actorId, 'a.actor_id = ?')
    .andIf(filter.action, 'a.action = ?')
    .andIf(filter.result, 'a.result = ?')
    .andIf(filter.recordedFrom, 'a.recorded_at >= ?')
    .andIf(filter.recordedBefore, 'a.recorded_at < ?')
}
