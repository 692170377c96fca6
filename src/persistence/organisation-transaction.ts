import { organisationStream } from '../audit/chain.js'
import type { Keyring } from '../audit/keyring.js'
import type { CommandTransaction } from '../engine/case-store.js'
import { lockedCalendar, publishCalendar } from './calendars.js'
import { writeBeside } from './case-writes.js'
import { lockedDelivery } from './deliveries.js'
import { lockedEndpointKind } from './endpoints.js'
import { saveNoticePreferences } from './notice-preferences.js'
import { changeOrganisation, grantedRoles, rolesToAdopt } from './organisation-writes.js'
import type { Querier } from './pool.js'
import { proxiesTouching, proxyGrant, proxyOf } from './proxies.js'
import { lockedAccessGrant } from './sensitive-access.js'
import { unassignable } from './staffing.js'
import { casesHeldBy } from './work-writes.js'

type Organisation = Pick<
  CommandTransaction,
  | 'proxiesTouching'
  | 'proxyGrant'
  | 'proxyOf'
  | 'accessGrant'
  | 'endProxies'
  | 'unassignable'
  | 'casesHeldBy'
  | 'grantedRoles'
  | 'rolesToAdopt'
  | 'endpointKind'
  | 'deliveryStatus'
  | 'setNoticePreferences'
  | 'changeOrganisation'
  | 'lockCalendar'
  | 'publishCalendar'
  | 'recordOrganisation'
>

/** Who is there, who may do what, and where word goes. */
export function organisationOn({ keys }: { readonly keys: Keyring }, db: Querier, now: () => Promise<string>): Organisation {
  return {
    proxiesTouching: (ids, from, to) => proxiesTouching(db, ids, from, to),
    proxyGrant: (grantId) => proxyGrant(db, grantId),
    proxyOf: (employeeId) => proxyOf(db, employeeId),
    accessGrant: (grantId) => lockedAccessGrant(db, grantId),
    endProxies: async (employeeId) => {
      await db.query('update proxy_grant set revoked_at = clock_timestamp() where revoked_at is null and (principal_id = $1 or proxy_id = $1)', [employeeId])
    },
    unassignable: () => unassignable(db),
    casesHeldBy: (employeeId) => casesHeldBy(db, employeeId),
    grantedRoles: (employeeId) => grantedRoles(db, employeeId),
    rolesToAdopt: (assignments) => rolesToAdopt(db, assignments),
    endpointKind: (endpointId) => lockedEndpointKind(db, endpointId),
    deliveryStatus: (deliveryId) => lockedDelivery(db, deliveryId),
    setNoticePreferences: (employeeId, preferences) => saveNoticePreferences(db, employeeId, preferences),
    changeOrganisation: (change, changedBy) => changeOrganisation(db, change, changedBy),
    lockCalendar: () => lockedCalendar(db),
    publishCalendar: async (calendar, publishedBy) => publishCalendar(db, calendar, publishedBy, await now()),
    recordOrganisation: async (entry) => writeBeside(db, keys, { stream: organisationStream, caseId: null }, entry, now),
  }
}
