import type { Actor } from '../../define/index.js'
import type { Querier } from '../pool.js'
import { holdsNow } from '../sensitive-access.js'

/** What somebody has to do with a case, as of now. */
export interface CaseAccess {
  readonly caseId: string
  readonly number: string
  readonly process: string
  readonly definitionVersion: number
  readonly isOpen: boolean
  readonly isApplicant: boolean
  readonly hasActed: boolean
  /** An open task of it is his, or his to take, or that of somebody whose proxy he is. */
  readonly isOffered: boolean
  readonly isGranted: boolean
}

/** Every candidate of an open task of a case `c`, and whoever is in the place of one now; parameters: person $2, employee $3. */
const isOffered = `exists (select from task t join task_candidate k on k.task_id = t.id
  where t.case_id = c.id and t.status in ('OPEN', 'SUSPENDED') and (k.employee_id = $3 or t.kind = 'DECIDE' and exists (
    select from proxy_grant g where g.proxy_id = $3 and g.principal_id = k.employee_id and g.revoked_at is null and g.valid_from <= clock_timestamp()
      and g.valid_to > clock_timestamp() and (g.processes = '{}' or c.process = any(g.processes)) and c.applicant_person_id <> $2
      and not exists (select from task_offer o where o.task_id = t.id and $2 = any(o.excluded_person_ids)))))`
const hasActed = 'exists (select from case_participant p where p.case_id = c.id and p.person_id = $2)'

/** By case; one that does not exist is left out. */
export async function accessTo(db: Querier, caseIds: readonly string[], { personId, employeeId }: Actor): Promise<CaseAccess[]> {
  const { rows } = await db.query(
    `select c.id as "caseId", c.number, c.process, c.definition_version as "definitionVersion", c.outcome is null as "isOpen",
       c.applicant_person_id = $2 as "isApplicant", ${hasActed} as "hasActed", ${isOffered} as "isOffered",
       exists (select from sensitive_access g where g.employee_id = $3 and (g.case_id = c.id or g.customer_id = c.customer_id) and ${holdsNow}) as "isGranted"
     from service_case c where c.id = any($1)`,
    [caseIds, personId, employeeId],
  )
  return rows
}

/** Which of these customers have an open case that somebody handles. */
export async function customersHandled(db: Querier, customerIds: readonly string[], { personId, employeeId }: Actor): Promise<Set<string>> {
  const { rows } = await db.query(
    `select distinct c.customer_id as id from service_case c where c.customer_id = any($1) and c.outcome is null
        and (c.applicant_person_id = $2 or ${hasActed} or ${isOffered})`,
    [customerIds, personId, employeeId],
  )
  return new Set(rows.map(({ id }) => id))
}
