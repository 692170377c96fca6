import type { FieldError, Label } from '../define/index.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { PreferenceCommand } from './commands.js'
import type { NoticePreferences } from './organisation-change.js'
import { refuse } from './refused.js'

/**
 * One's own wish, and nobody else's business: it changes nothing of the organisation and stands in no history, which could not be corrected.
 * Throws `UNAUTHENTICATED`, `INPUT_INVALID`.
 */
export async function setNoticePreferences(tx: CommandTransaction, { actorId, preferences }: PreferenceCommand): Promise<Receipt> {
  const actor = await tx.actor(actorId, 'organisation')
  if (!actor) throw refuse('UNAUTHENTICATED')
  const fields = wrongIn(preferences)
  if (fields.length > 0) throw refuse('INPUT_INVALID', { fields })
  await tx.setNoticePreferences(actorId, { ...preferences, channels: [...new Set(preferences.channels)] })
  return { caseId: actorId, sequence: 0 }
}

function wrongIn({ quietFrom, quietTo, digestAt }: NoticePreferences): FieldError[] {
  const times = Object.entries({ quietFrom, quietTo, digestAt })
  return [
    ...times.flatMap(([path, time]) => (time === null || /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? [] : [wrong(path, ['须为 00:00–23:59', '00:00 to 23:59'])])),
    ...((quietFrom === null) === (quietTo === null) && (quietFrom === null || quietFrom !== quietTo)
      ? []
      : [wrong('quietTo', ['免打扰须有起止时间且不相同', 'quiet hours have a beginning and another time as their end'])]),
  ]
}
const wrong = (path: string, message: Label): FieldError => ({ path, code: 'VALUE_INVALID', message })
