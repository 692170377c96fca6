import { type FieldError, fieldError, type Label, type Reason, reason } from '../define/index.js'
import type { CommandTransaction } from './case-store.js'
import type { OrganisationChange } from './organisation-change.js'
import type { Processes } from './processes.js'
import { refuse } from './refused.js'

/** Where word goes, and what becomes of a letter that could not be delivered. */
export type DeliveryChange = Extract<
  OrganisationChange,
  { action: 'ADD_ENDPOINT' | 'CHANGE_ENDPOINT' | 'SET_ENDPOINT_ACTIVE' | 'RETRY_DELIVERY' | 'DROP_DELIVERY' }
>
/** Says why an address may not be called; null: it may. What is allowed is the operator's to configure. */
export type AddressFault = (url: string) => Label | null

const actions: readonly string[] = [
  'ADD_ENDPOINT',
  'CHANGE_ENDPOINT',
  'SET_ENDPOINT_ACTIVE',
  'RETRY_DELIVERY',
  'DROP_DELIVERY',
] satisfies DeliveryChange['action'][]
export const isDeliveryChange = (change: OrganisationChange): change is DeliveryChange => actions.includes(change.action)

/** What of the change is no secret: the address of a robot is a password, so that the history keeps only the host. */
export function toldOf(change: DeliveryChange): Record<string, unknown> {
  const { action: _, ...told } = change
  if (!('url' in told)) return told
  const { secret, url, ...rest } = told
  return { ...rest, ...(url !== undefined && { host: hostOf(url) }), ...(secret !== undefined && { secretSet: secret !== null }) }
}
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')

/** Every field that is wrong. A house that was not told which addresses may be called has no endpoints: throws `ACTION_UNAVAILABLE`. */
export function wrongInEndpoint(processes: Processes, change: DeliveryChange, addressFault: AddressFault | undefined): FieldError[] {
  if (change.action !== 'ADD_ENDPOINT' && change.action !== 'CHANGE_ENDPOINT') return []
  if (!addressFault) throw refuse('ACTION_UNAVAILABLE')
  const { label, url, processes: named } = change
  const address = url === undefined ? null : url.length > urlMax ? fieldError('url', 'TOO_LONG').message : addressFault(url)
  return [
    ...(label !== undefined && (label.trim() === '' || label.length > labelMax || /\p{Cc}/u.test(label))
      ? [wrong('label', [`须为 1–${labelMax} 字`, `1 to ${labelMax} characters`])]
      : []),
    ...(address ? [wrong('url', address)] : []),
    ...((named ?? []).every((id) => processes.current.has(id)) ? [] : [fieldError('processes', 'CHOICE_UNKNOWN')]),
    ...(change.action === 'ADD_ENDPOINT' ? wrongSecret(change.kind, change.secret) : []),
  ]
}
const urlMax = 2_000
const labelMax = 100
const wrong = (path: string, message: Label): FieldError => ({ path, code: 'VALUE_INVALID', message })

/** A webhook is always signed, with a key as Standard Webhooks writes it (24 to 64 bytes); a robot only where its group asks for it. */
function wrongSecret(kind: 'WEBHOOK' | 'DINGTALK' | 'WECOM' | 'FEISHU', secret: string | null): FieldError[] {
  if (kind === 'WEBHOOK' && !webhookKey.test(secret ?? ''))
    return [wrong('secret', ['须为 whsec_ 加 24–64 字节的 Base64', 'whsec_ and 24 to 64 bytes in base64'])]
  return secret && (secret.length > 200 || !/^[\x21-\x7e]+$/.test(secret))
    ? [wrong('secret', ['至多 200 个可见 ASCII 字符', 'at most 200 printable ASCII characters'])]
    : []
}
const webhookKey = /^whsec_(?=[A-Za-z0-9+/]{32,86}={0,2}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The reasons against it besides; throws `NOT_FOUND`. Only a dead letter is retried or dropped: the others are on their way. */
export async function againstDelivery(tx: CommandTransaction, change: DeliveryChange): Promise<Reason[]> {
  if (change.action === 'ADD_ENDPOINT') return []
  if ('deliveryId' in change) {
    const status = await tx.deliveryStatus(change.deliveryId)
    if (status === null) throw refuse('NOT_FOUND')
    return status === 'DEAD' ? [] : [reason('ACTION_UNAVAILABLE', ['仅限投递失败的信件', 'only a dead letter'])]
  }
  const kind = await tx.endpointKind(change.endpointId)
  if (kind === null) throw refuse('NOT_FOUND')
  const fields = change.action === 'CHANGE_ENDPOINT' && change.secret !== undefined ? wrongSecret(kind, change.secret) : []
  if (fields.length > 0) throw refuse('INPUT_INVALID', { fields })
  return []
}
