import { type Actor, type Arrow, type Parties, type Role, raisedTo, rolesAbove, rulesOf } from '../define/index.js'
import type { ShutOut, Staffing } from './case-store.js'
import { shutOutBy } from './tasks.js'

export type Staff = (roles: readonly Role[], shutOut: ShutOut) => Promise<Staffing>

/**
 * 上一级: where separation of duties shuts out everybody who holds a role, the next above it decides, at most five levels up.
 * A role that nobody holds is not stepped in for: that task waits for its owner to find somebody.
 * A post to which a task was raised decides as well, whoever is left below.
 */
export async function steppedIn(staff: Staff, arrows: readonly Arrow[], actor: Actor, parties: Parties): Promise<Actor> {
  if (actor.kind === 'system') return actor
  const standsInFor: Partial<Record<Role, Role>> = {}
  for (const rule of arrows.flatMap(({ by }) => rulesOf(by))) {
    if (rule.kind !== 'role' || actor.roles.includes(rule.role)) continue
    const raised = raisedTo(rule.role, actor, parties)
    if (raised) standsInFor[rule.role] = raised
    if (raised) continue
    const line = rolesAbove(rule.role)
    const level = line.findIndex((role) => actor.roles.includes(role))
    if (level < 0) continue
    const shutOut = shutOutBy(rule, parties)
    if (shutOut.personIds.length === 0 && shutOut.departmentIds.length === 0) continue
    const counts = await staff([rule.role, ...line.slice(0, level)], shutOut)
    const none = [rule.role, ...line.slice(0, level)].every((role) => (counts[role]?.eligible ?? 0) === 0)
    if (none && (counts[rule.role]?.members ?? 0) > 0) standsInFor[rule.role] = line[level]!
  }
  return Object.keys(standsInFor).length > 0 ? { ...actor, standsInFor } : actor
}
