import { type Actor, type Reason, reason, rolesAbove } from '../define/index.js'
import type { CommandTransaction } from './case-store.js'
import type { OrganisationChange } from './organisation-change.js'
import { refuse } from './refused.js'

export type ProxyChange = Extract<OrganisationChange, { action: 'GRANT_PROXY' | 'REVOKE_PROXY' }>

/**
 * 代理: one names a proxy for oneself, a superior for whoever works under him, the administrator for somebody who has left.
 * Nobody is the proxy of a proxy, and no circle comes about. Output: the reasons against it; throws `NOT_FOUND`.
 */
export async function againstProxy(tx: CommandTransaction, change: ProxyChange, actor: Actor): Promise<Reason[]> {
  if (change.action === 'REVOKE_PROXY') {
    const grant = await tx.proxyGrant(change.grantId)
    if (!grant || grant.principalId !== change.employeeId) throw refuse('NOT_FOUND')
    return againstNaming(tx, change.employeeId, actor)
  }
  const { employeeId, proxyId, validFrom, validTo } = change
  const persons = await tx.personsOf([employeeId, proxyId])
  const proxy = await tx.actor(proxyId, 'organisation')
  if (!persons[employeeId] || proxy?.kind !== 'employee') throw refuse('NOT_FOUND')
  const touching = await tx.proxiesTouching([employeeId, proxyId], validFrom, validTo)
  const chained = touching.some(({ principalId, proxyId: other }) => principalId === proxyId || other === employeeId)
  return [
    ...(await againstNaming(tx, employeeId, actor)),
    ...(persons[employeeId] === persons[proxyId] ? [reason('SOD_CONFLICT', ['不得代理本人', 'nobody is his own proxy'])] : []),
    // Whoever may name proxies by office does not name himself.
    ...(persons[proxyId] === actor.personId && employeeId !== actor.employeeId
      ? [reason('SOD_CONFLICT', ['不得指定本人为代理', 'not oneself as the proxy of somebody else'])]
      : []),
    ...(proxy.roles.includes('AUDITOR') ? [reason('CONDITION_UNMET', ['审计员不得代理他人', 'an auditor is nobody’s proxy'])] : []),
    ...(chained ? [reason('CONDITION_UNMET', ['代理不得再转代理', 'no proxy of a proxy'])] : []),
  ]
}

async function againstNaming(tx: CommandTransaction, principalId: string, actor: Actor): Promise<Reason[]> {
  if (actor.employeeId === principalId) return []
  const principal = await tx.actor(principalId, 'organisation')
  const mayName = principal
    ? principal.roles.flatMap(rolesAbove).some((role) => actor.roles.includes(role))
    : actor.roles.includes('ORGANISATION_ADMINISTRATOR')
  return mayName
    ? []
    : [reason('NOT_AUTHORISED', ['仅限本人、上级，或管理员为离职人员设置', 'only oneself, a superior, or the administrator for somebody who has left'])]
}
