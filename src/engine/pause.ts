import { deadlinesIn, elapsed, reason } from '../define/index.js'
import { beside, entryBeside } from './beside.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { BesideCommand } from './commands.js'
import { changeTerms, reckoned } from './deadlines.js'
import type { Processes } from './processes.js'
import { Refused, refuse } from './refused.js'
import type { Timer } from './timer.js'

/**
 * 暂停计时 and 恢复计时: the clocks of a case stand still, all but those that the law sets; once they run again every term ends later
 * by as long as it stood, in its own measure. Only whoever owns the process may, and not on his own request.
 * Throws `NOT_AUTHORISED`, `CONDITION_UNMET`, `INPUT_INVALID` (without a reason), `NOT_FOUND`.
 */
export const pauseOrResume = (processes: Processes, tx: CommandTransaction, command: BesideCommand): Promise<Receipt> =>
  beside(processes, tx, command, async (scene) => {
    const { record, actor, loaded } = scene
    const { owner } = loaded.definition
    if (!actor.roles.includes(owner) || actor.personId === record.applicantPersonId)
      throw new Refused([reason('NOT_AUTHORISED', ['仅限流程负责人，且不得为申请人', 'only the owner of the process, and not the applicant'])])
    if (command.text.trim() === '') throw refuse('INPUT_INVALID', { fields: [{ path: 'reason', code: 'REQUIRED', message: ['须填写', 'required'] }] })
    const pauses = command.what === 'PAUSE'
    if (record.outcome !== null) throw new Refused([reason('CONDITION_UNMET', ['案件已办结', 'the case is closed'])])
    if (pauses === (record.pausedAt !== null)) throw new Refused([reason('CONDITION_UNMET', pauses ? ['已暂停', 'paused already'] : ['未暂停', 'not paused'])])
    const at = await tx.now()
    const known = await tx.timers(record.id)
    const move = pauses ? paused(loaded.definition, known) : await resumed(tx, loaded.definition, known, { since: record.pausedAt!, at })
    await tx.setPaused(record.id, pauses ? at : null)
    await changeTerms(tx, loaded.definition, record, { move })
    await tx.recordWork(record.id, entryBeside(scene, command))
    return { caseId: record.id, sequence: record.version }
  })

type Definition = Parameters<typeof deadlinesIn>[0]
const paused = (definition: Definition, known: readonly Timer[]): Timer[] =>
  known
    .filter(({ status, place, name }) => status === 'PENDING' && !deadlinesIn(definition, place)[name]?.statutory)
    .map((timer): Timer => ({ ...timer, status: 'PAUSED' }))
async function resumed(
  tx: CommandTransaction,
  definition: Definition,
  known: readonly Timer[],
  { since, at }: { since: string; at: string },
): Promise<Timer[]> {
  const calendar = await tx.calendar()
  return known
    .filter(({ status }) => status === 'PAUSED')
    .map((timer): Timer => {
      const stood = elapsed(calendar.calendar, timer.startsAt > since ? timer.startsAt : since, at, timer.term)
      const running: Timer = { ...timer, status: 'PENDING', pausedMs: timer.pausedMs + Math.max(0, Math.round(stood)) }
      return reckoned(running, deadlinesIn(definition, timer.place)[timer.name]!, calendar)
    })
}
