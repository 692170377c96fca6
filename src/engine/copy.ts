import { reason } from '../define/index.js'
import { beside, entryBeside } from './beside.js'
import type { Party } from './case-record.js'
import type { CommandTransaction, Receipt } from './case-store.js'
import type { BesideCommand } from './commands.js'
import type { Processes } from './processes.js'
import { Refused, refuse } from './refused.js'

const atOnceMax = 20
const copiesMax = 100

/**
 * 抄送: whoever sees a case lets others see it; they may decide nothing by it. Sent again it changes nothing but the history.
 * Throws `INPUT_INVALID` for more than 20 at once, `CONDITION_UNMET` for more than 100 copies of a case, `NOT_FOUND`.
 */
export const copy = (processes: Processes, tx: CommandTransaction, command: BesideCommand): Promise<Receipt> =>
  beside(processes, tx, command, async (scene) => {
    const { record, actor } = scene
    const ids = [...new Set(command.employeeIds ?? [])]
    if (ids.length === 0 || ids.length > atOnceMax)
      throw refuse('INPUT_INVALID', {
        fields: [{ path: 'employeeIds', code: 'VALUE_INVALID', message: [`须为 1–${atOnceMax} 人`, `1 to ${atOnceMax} people`] }],
      })
    const to: Party[] = []
    for (const id of ids) {
      const person = await tx.actor(id, record.process)
      if (person?.kind !== 'employee') throw refuse('NOT_FOUND')
      to.push({ employeeId: person.employeeId, personId: person.personId })
    }
    await tx.copy(record.id, { employeeId: actor.employeeId, personId: actor.personId }, to, command.text)
    if ((await tx.copiesOf(record.id)) > copiesMax)
      throw new Refused([reason('CONDITION_UNMET', [`每案至多抄送 ${copiesMax} 人`, `at most ${copiesMax} copies of a case`])])
    await tx.recordWork(record.id, entryBeside(scene, command))
    return { caseId: record.id, sequence: record.version }
  })
