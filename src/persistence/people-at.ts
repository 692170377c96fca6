import type { Actor, Role } from '../define/index.js'
import type { ShutOut, Staffing } from '../engine/case-store.js'
import { actorsOf, limitsIn, validAt } from './actors.js'
import type { Moment } from './moment.js'
import type { Querier } from './pool.js'
import { grantedAt, inPlaceOf } from './proxies.js'
import { groupIds } from './queries/case-queries.js'

/** Who was there at a moment, and who held which role: `$1` the moment, `$2` whose account was switched on or off since. */
const peopleThen = `person as (select id, person_id, department_id, number, kind from employee where active <> (id = any($2::uuid[]))),
  holder as (select distinct m.role, p.* from role_meaning m join role_assignment r on r.role = m.granted and ${validAt('$1')} join person p on p.id = r.employee_id)`

/** How many people held each role at a moment, and how many of them were not shut out. */
export async function staffAt(db: Querier, roles: readonly Role[], { personIds, departmentIds }: ShutOut, { at, switched }: Moment): Promise<Staffing> {
  const { rows } = await db.query(
    `with ${peopleThen}
     select role, count(distinct person_id)::int as members, (count(distinct person_id)
         filter (where not (person_id = any($4) or department_id is not null and department_id = any($5))))::int as eligible
       from holder where role = any($3) and kind = 'EMPLOYEE' group by role`,
    [at, switched, roles, personIds, departmentIds],
  )
  const counted = new Map(rows.map(({ role, members, eligible }) => [role, { members, eligible }]))
  return Object.fromEntries(roles.map((role) => [role, counted.get(role) ?? { members: 0, eligible: 0 }]))
}

/** An offer of a task, by its place: one that was made only later. */
export interface LaterOffer {
  readonly taskId: string
  readonly place: number
}
/** Who could take each task at a moment, by employee id, at most 100 a task. `later`: offers that there were not yet. */
export async function candidatesAt(
  db: Querier,
  taskIds: readonly string[],
  later: readonly LaterOffer[],
  { at, switched }: Moment,
): Promise<Map<string, string[]>> {
  const { rows } = await db.query(
    `with ${peopleThen},
       offer as (select o.* from task_offer o where o.task_id = any($3) and (o.task_id, o.place) not in (select * from unnest($4::uuid[], $5::integer[]))),
       offered as (
         select o.task_id, o.level, o.stands_in_for, e.id, e.number from offer o cross join lateral (
           select id, person_id, department_id, number, kind from person where o.person_id is not null and person_id = o.person_id
           union all select id, person_id, department_id, number, kind from person where o.person_id is null and department_id = any(o.department_ids)
           union all select id, person_id, department_id, number, kind from holder where o.person_id is null and o.department_ids is null and role = o.role) e
          where e.kind = 'EMPLOYEE' and not (e.person_id = any(o.excluded_person_ids)) and not (e.department_id is not null and e.department_id = any(o.excluded_department_ids))),
       candidate as (
         select distinct task_id, id, number from offered p where level = 0 or (exists (select from holder h where h.role = p.stands_in_for)
            and not exists (select from offered lower where lower.task_id = p.task_id and lower.level < p.level))),
       placed as (select *, row_number() over (partition by task_id order by number) as place from candidate)
     select task_id, id from placed where place <= 100 order by task_id, place`,
    [at, switched, taskIds, later.map(({ taskId }) => taskId), later.map(({ place }) => place)],
  )
  return groupIds(rows.map(({ task_id, id }) => [task_id, id]))
}

/** Whom an act may concern: by role, by person or by department. */
export interface Circle {
  readonly roles: readonly Role[]
  readonly personIds: readonly string[]
  readonly departmentIds: readonly string[]
}
/** One account, as it could act at a moment: for itself, and in the place of nobody or of somebody else. */
export interface AtThatMoment {
  readonly actor: Actor
  /** Null: any amount. */
  readonly amountCap: string | null
}
const atOnce = 200

/**
 * Everybody of a circle as they could act at a moment, with roles and limits for a process, each followed by those who stood in for
 * them; in the order of staff numbers, page by page. Service accounts are nobody here.
 */
export async function* circleAt(db: Querier, { roles, personIds, departmentIds }: Circle, process: string, when: Moment): AsyncGenerator<AtThatMoment[]> {
  for (let after = ''; ; ) {
    const { rows } = await db.query(
      `with ${peopleThen}
       select e.id, e.number, exists (select from person p where p.id = e.id) as there from employee e
        where e.kind = 'EMPLOYEE' and e.number > $3 and (e.person_id = any($4) or e.department_id = any($5) or $6
            or exists (select from role_meaning m join role_assignment r on r.role = m.granted and ${validAt('$1')} where r.employee_id = e.id and m.role = any($7)))
        order by e.number limit ${atOnce}`,
      [when.at, when.switched, after, personIds, departmentIds, roles.includes('EMPLOYEE'), roles],
    )
    yield await withProxies(db, rows, process, when)
    if (rows.length < atOnce) return
    after = rows.at(-1).number
  }
}

async function withProxies(db: Querier, found: readonly { id: string; there: boolean }[], process: string, when: Moment): Promise<AtThatMoment[]> {
  const ids = found.map(({ id }) => id)
  const { rows: grants } = await db.query(
    `select distinct on (principal_id, proxy_id) id, principal_id, proxy_id, amount_cap::text, granted_by_id from proxy_grant
      where principal_id = any($2) and ${grantedAt('$1')} and (processes = '{}' or $3 = any(processes)) order by principal_id, proxy_id, valid_from desc`,
    [when.at, ids, process],
  )
  const proxyIds = grants.map(({ proxy_id }) => proxy_id)
  const [people, proxies] = [await actorsOf(db, ids, when, 'leavers too'), await actorsOf(db, proxyIds, when)]
  const limits = await limitsIn(db, process, [...new Set([...ids, ...proxyIds])], when)
  return found.flatMap(({ id, there }) => {
    const self = { ...people.get(id)!, ...limits.get(id)! }
    // Somebody who has left is stood in for only by whom another has named.
    const inHisPlace = grants.filter(({ principal_id, granted_by_id }) => principal_id === id && (there || granted_by_id !== id))
    return [
      ...(there ? [{ actor: self, amountCap: null }] : []),
      ...inHisPlace.flatMap((grant) => {
        const proxy = proxies.get(grant.proxy_id)
        if (proxy?.kind !== 'employee' || proxy.roles.includes('AUDITOR')) return []
        return [
          { actor: inPlaceOf({ ...proxy, ...limits.get(grant.proxy_id)! }, self, grant.id, grant.amount_cap), amountCap: grant.amount_cap as string | null },
        ]
      }),
    ]
  })
}
