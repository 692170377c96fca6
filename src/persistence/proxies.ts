import { type Actor, compareDecimals } from '../define/index.js'
import type { Party } from '../engine/case-record.js'
import { actorsOf, limitsOf, lockedActor, validAt } from './actors.js'
import type { Moment } from './moment.js'
import type { Querier } from './pool.js'

/** Grants that hold at this moment: half-open, so that one may end when the next begins. */
const valid = 'revoked_at is null and valid_from <= clock_timestamp() and valid_to > clock_timestamp()'
/** Grants that held at the moment that a parameter gives; null: now. */
export const grantedAt = (parameter: string): string => `(revoked_at is null or revoked_at > ${parameter}::timestamptz) and ${validAt(parameter)}`

interface GrantRow {
  readonly id: string
  readonly principal_id: string
  readonly person_id: string
  readonly amount_cap: string | null
}

/**
 * The actor in the place of a principal: with the principal's roles, departments and limits, bounded by the grant.
 * A principal who has left still has them for a proxy whom somebody else named. Null: no grant holds, or the amount is above its cap.
 * An auditor only reads.
 */
export async function actorForPrincipal(db: Querier, actor: Actor, principalId: string, process: string, amount: string | undefined): Promise<Actor | null> {
  const { rows } = await db.query<GrantRow>(
    `select g.id, g.principal_id, e.person_id, g.amount_cap::text from proxy_grant g join employee e on e.id = g.principal_id
      where g.principal_id = $1 and g.proxy_id = $2 and (g.processes = '{}' or $3 = any(g.processes)) and ${valid}
        and (e.active or g.granted_by_id <> g.principal_id) order by g.valid_from desc limit 1 for share of g`,
    [principalId, actor.employeeId, process],
  )
  const grant = rows[0]
  if (!grant || actor.onBehalfOf || actor.roles.includes('AUDITOR')) return null
  if (grant.amount_cap !== null && amount !== undefined && compareDecimals(amount, grant.amount_cap) > 0) return null
  const principal = await lockedActor(db, principalId, process, 'leavers too')
  if (principal?.kind !== 'employee') return null
  return { ...inPlaceOf(actor, principal, grant.id, grant.amount_cap), name: `${actor.name}（代 ${principal.name}）` }
}
/** The lower of the principal's limit and the cap of the grant. */
const capped = (limits: Actor['limits'], cap: string | null): Actor['limits'] =>
  cap === null ? limits : Object.fromEntries(Object.entries(limits).map(([role, limit]) => [role, compareDecimals(limit, cap) > 0 ? cap : limit]))

export async function proxiesTouching(
  db: Querier,
  employeeIds: readonly string[],
  from: string | null,
  to: string,
): Promise<{ id: string; principalId: string; proxyId: string }[]> {
  // Whoever names a proxy for one of these people waits for whoever is doing so now.
  await db.query('select 1 from employee where id = any($1) order by id for no key update', [employeeIds])
  const { rows } = await db.query(
    `select id, principal_id, proxy_id from proxy_grant
      where revoked_at is null and valid_to > coalesce($2::timestamptz, clock_timestamp()) and valid_from < $3 and (principal_id = any($1) or proxy_id = any($1))`,
    [employeeIds, from, to],
  )
  return rows.map(({ id, principal_id, proxy_id }) => ({ id, principalId: principal_id, proxyId: proxy_id }))
}
export async function proxyGrant(db: Querier, grantId: string): Promise<{ principalId: string; proxyId: string } | null> {
  const { rows } = await db.query('select principal_id, proxy_id from proxy_grant where id = $1', [grantId])
  return rows[0] ? { principalId: rows[0].principal_id, proxyId: rows[0].proxy_id } : null
}
/** Had somebody ever a proxy, ended or revoked as it may be, of a principal who may do an open task of the case? */
export async function wasProxyIn(db: Querier, caseId: string, { employeeId }: Actor, principalId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from proxy_grant g join service_case c on c.id = $1 and (g.processes = '{}' or c.process = any(g.processes))
        join task t on t.case_id = c.id and t.status = 'OPEN' join task_candidate k on k.task_id = t.id and k.employee_id = g.principal_id
      where g.principal_id = $2 and g.proxy_id = $3 and g.valid_from <= clock_timestamp() limit 1`,
    [caseId, principalId, employeeId],
  )
  return rowCount === 1
}
/** Whoever stands in now for somebody, for every process. */
export async function proxyOf(db: Querier, employeeId: string): Promise<Party | null> {
  const { rows } = await db.query(
    `select e.id, e.person_id from proxy_grant g join employee e on e.id = g.proxy_id and e.active
      where g.principal_id = $1 and g.processes = '{}' and ${valid} order by g.valid_from desc limit 1`,
    [employeeId],
  )
  return rows[0] ? { employeeId: rows[0].id, personId: rows[0].person_id } : null
}
/** With the roles, departments and limits of a principal, bounded by the grant. */
export const inPlaceOf = (
  actor: Actor,
  { employeeId, personId, roles, departmentIds, limits, cumulativeLimits }: Actor,
  grantId: string,
  cap: string | null,
): Actor => ({
  ...actor,
  roles,
  departmentIds,
  ownDepartmentIds: actor.departmentIds,
  limits: capped(limits, cap),
  ...(cumulativeLimits && { cumulativeLimits }),
  onBehalfOf: { employeeId, personId, grantId },
})
/** Somebody in another's place, up to this amount (null: any). */
export interface InPlaceOf {
  readonly actor: Actor
  readonly amountCap: string | null
}
/**
 * A viewer in the place of everybody whose proxy he is now, or was at a moment, for each process; for reading only.
 * Of several grants the newest counts, as in an act.
 */
export async function inPlaceOfOthers(db: Querier, viewer: Actor, processes: readonly string[], when: Moment | null = null): Promise<InPlaceOf[][]> {
  const { rows } = await db.query(
    `select id, principal_id, processes, amount_cap::text from proxy_grant where proxy_id = $1 and ${grantedAt('$2')} order by valid_from desc`,
    [viewer.employeeId, when?.at ?? null],
  )
  if (rows.length === 0 || viewer.roles.includes('AUDITOR')) return processes.map(() => [])
  const ids = rows.map((row) => row.principal_id)
  const principals = await actorsOf(db, ids, when)
  const limits = new Map(await Promise.all([...principals.keys()].map(async (id) => [id, await limitsOf(db, processes, id, when)] as const)))
  return processes.map((process) => {
    const newest = new Map<string, (typeof rows)[number]>()
    for (const row of rows.filter(({ processes: scope }) => scope.length === 0 || scope.includes(process)))
      if (!newest.has(row.principal_id)) newest.set(row.principal_id, row)
    return [...newest.values()].flatMap(({ id, principal_id, amount_cap }) => {
      const principal = principals.get(principal_id)
      if (!principal) return []
      const own = limits.get(principal_id)?.get(process) ?? { limits: {} }
      return [{ actor: inPlaceOf(viewer, { ...principal, ...own }, id, amount_cap), amountCap: amount_cap }]
    })
  })
}
