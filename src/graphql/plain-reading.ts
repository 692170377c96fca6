import { type FieldSpec, fieldError, handlingOf, isOnRecord, type Level, masked, type Rights, reason, rightsOf, shown, type Tie } from '../define/index.js'
import { Refused, refuse, refuseInput } from '../engine/refused.js'
import type { FormVersion } from '../persistence/form-versions.js'
import type { CaseAccess } from '../persistence/queries/access.js'
import { type RequestContext, viewerOf } from './context.js'

/** Which version of a form a value belongs to. */
export type Paper = Pick<FormVersion, 'caseId' | 'key' | 'version' | 'submittedById'>
/** A value in its place. `path`: where in the form its row stands, as `rows.`; empty at the top. */
export interface Placed {
  readonly paper: Paper
  readonly path: string
}

/** What the viewer may read of a form, as of now. Throws `NOT_FOUND` for a case that is none. */
export async function rightsIn(context: RequestContext, paper: Paper): Promise<Rights> {
  const { roles, personId } = viewerOf(context)
  const access = await accessOf(context, paper)
  const [author, principals] = await Promise.all([
    paper.submittedById ? context.loaders.employee.load(paper.submittedById) : null,
    context.loaders.principals.load(access.process),
  ])
  const owner = context.processes.at(access.process, access.definitionVersion)?.definition.owner
  const holds: Readonly<Record<Tie, boolean>> = {
    AUTHOR: author?.personId === personId,
    APPLICANT: access.isApplicant,
    ACTED: access.hasActed,
    OFFERED: access.isOffered,
    OWNER: owner !== undefined && roles.includes(owner),
  }
  return rightsOf({
    ties: (Object.keys(holds) as Tie[]).filter((tie) => holds[tie]),
    caseIsOpen: access.isOpen,
    roles,
    rolesInPlace: principals.flatMap(({ actor }) => actor.roles),
    granted: access.isGranted,
  })
}
async function accessOf({ loaders }: RequestContext, { caseId }: Paper): Promise<CaseAccess> {
  const access = await loaders.access.load(caseId)
  if (!access) throw refuse('NOT_FOUND')
  return access
}

/**
 * What a field shows the viewer without being asked for it in plain. A value that he reads without handling the case is on record before it is
 * given out. In: a stored value. Out: see {@link shown}.
 */
export async function shownTo(context: RequestContext, { paper, path }: Placed, spec: FieldSpec, value: unknown): Promise<unknown> {
  if (value === undefined || value === null) return null
  if (spec.sensitivity === 'S2') return masked(spec, value)
  const rights = await rightsIn(context, paper)
  const out = shown(spec, value, rights)
  if (out !== null && spec.sensitivity === 'S1' && isOnRecord('S1', rights)) await putOnRecord(context, { paper, path }, spec.name, 'S1', null)
  return out
}

/**
 * Lets the viewer read a value in plain: it is on record when this resolves, and so is a refusal. Nothing is recorded where there is nothing to read.
 * Throws `NOT_AUTHORISED`, `INPUT_INVALID` for a purpose that says nothing, `BUSY` when the reading cannot be recorded.
 */
export async function readInPlain(context: RequestContext, { paper, path }: Placed, spec: FieldSpec, value: unknown, purpose: string | null): Promise<void> {
  const level = spec.sensitivity as Level
  const rights = await rightsIn(context, paper)
  if (!rights[level]) {
    await putOnRecord(context, { paper, path }, spec.name, level, purpose, true)
    throw new Refused([reason('NOT_AUTHORISED')])
  }
  if (handlingOf[level].purpose) refuseEmpty(purpose)
  if (value !== undefined && value !== null) await putOnRecord(context, { paper, path }, spec.name, level, purpose)
}
const purposeMax = 200
function refuseEmpty(purpose: string | null): void {
  if (!purpose?.trim()) throw refuseInput([fieldError('purpose', 'REQUIRED')])
  if (purpose.length > purposeMax) throw refuseInput([fieldError('purpose', 'TOO_LONG')])
}

async function putOnRecord(
  context: RequestContext,
  { paper, path }: Placed,
  field: string,
  level: Level,
  purpose: string | null,
  refused?: true,
): Promise<void> {
  const { caseId, key, version } = paper
  const { number } = await accessOf(context, paper)
  const place = { case: number, form: key, version: String(version) }
  await context.readings.load({ caseId, customerId: null, place, field: path + field, level, purpose, ...(refused && { refused }) })
}
