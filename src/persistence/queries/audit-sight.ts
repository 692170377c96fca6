import type { Actor } from '../../define/index.js'
import type { Processes } from '../../engine/processes.js'
import type { Querier } from '../pool.js'
import type { Ways } from './audit-filter.js'
import { versionsSeen, visibility } from './case-queries.js'

/** With more cases than these the list is read along, and each case looked at. */
const casesMax = 2_000

/**
 * The rule of `visibility` for whoever is no auditor, in ways that keep to the indexes of the history: the processes of which he
 * sees every case, each on its own, and the cases that he sees besides. `among`: the only processes that are asked for.
 */
export async function sight(db: Querier, processes: Processes, viewer: Actor, among: readonly string[] | null): Promise<Ways> {
  if (viewer.kind === 'system') return [visibility(processes, viewer)]
  const caseIds = await casesBesides(db, processes, viewer, among)
  if (caseIds.length > casesMax) return [visibility(processes, viewer)]
  const versions = new Map<string, number[]>()
  for (const { id, version } of versionsSeen(processes, viewer))
    if (among === null || among.includes(id)) versions.set(id, [...(versions.get(id) ?? []), version])
  return [
    ...[...versions].map(([id, seen]) => ['a.process = ? and c.definition_version = any(?::integer[])', id, seen] as const),
    ['a.case_id = any(?::uuid[])', caseIds],
  ]
}

/** What he applied for, took part in, was copied or offered, himself or as a proxy, and does not see for his roles; one more than the most. */
async function casesBesides(db: Querier, processes: Processes, viewer: Actor, among: readonly string[] | null): Promise<string[]> {
  const seen = versionsSeen(processes, viewer)
  const { rows } = await db.query(
    `select c.id from (
       select id from service_case where applicant_person_id = $1
       union select case_id from case_participant where person_id = $1
       union select case_id from case_copy where person_id = $1
       union select t.case_id from task_offer o join task t on t.id = o.task_id where o.person_id = $1 or o.department_ids && $2::uuid[] or o.level > 0 and o.role = any($3::text[])
       union select t.case_id from proxy_grant g join task_candidate k on k.employee_id = g.principal_id join task t on t.id = k.task_id and t.status = 'OPEN'
         join service_case of on of.id = t.case_id where g.proxy_id = $4 and g.revoked_at is null and g.valid_from <= now() and g.valid_to > now()
           and (g.processes = '{}' or of.process = any(g.processes))) own
       join service_case c on c.id = own.id
      where (c.process, c.definition_version) not in (select * from unnest($5::text[], $6::integer[])) and ($7::text[] is null or c.process = any($7)) limit ${casesMax + 1}`,
    [viewer.personId, viewer.departmentIds, viewer.roles, viewer.employeeId, seen.map(({ id }) => id), seen.map(({ version }) => version), among],
  )
  return rows.map(({ id }) => id)
}
