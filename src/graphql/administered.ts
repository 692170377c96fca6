import { reason } from '../define/index.js'
import type { OrganisationChange } from '../engine/organisation-change.js'
import { Refused } from '../engine/refused.js'
import { type RequestContext, viewerOf } from './context.js'
import { forget } from './loaders.js'

/** Sends a change of the organisation through the door. Output: the id of what was changed. */
export async function administered(context: RequestContext, idempotencyKey: string, change: OrganisationChange): Promise<string> {
  const answer = await context.door.administer({ actorId: viewerOf(context).employeeId, idempotencyKey, requestId: context.requestId, change })
  if (answer.replayed) context.markReplayed()
  forget(context)
  return answer.caseId
}

/** What only the administrator of the organisation may read. Throws `NOT_AUTHORISED`. */
export function administratorsOnly(context: RequestContext): void {
  if (!viewerOf(context).roles.includes('ORGANISATION_ADMINISTRATOR')) throw new Refused([reason('NOT_AUTHORISED')])
}
