import type { CommandTransaction, Receipt } from './case-store.js'
import type { DraftCommand } from './commands.js'
import { type Processes, pinned } from './processes.js'
import { refuse } from './refused.js'
import { sees } from './visibility.js'

const bytesMax = 65_536

/**
 * Keeps a draft in place of the one before. It decides nothing, so that nothing is judged but whether the case may be seen at all.
 * Throws `NOT_FOUND`, `TASK_SUPERSEDED`, `INPUT_INVALID`.
 */
export async function saveDraft(processes: Processes, tx: CommandTransaction, { actorId, taskId, draft }: DraftCommand): Promise<Receipt> {
  if (!isObjectText(draft.content) || Buffer.byteLength(draft.content) > bytesMax || !/^[A-Z][A-Z0-9_]{0,63}$/.test(draft.action))
    throw refuse('INPUT_INVALID', {
      fields: [{ path: 'content', code: 'VALUE_INVALID', message: ['须为 JSON 对象，至多 64 KiB', 'a JSON object of at most 64 KiB'] }],
    })
  const caseId = await tx.caseOfTask(taskId)
  const record = caseId ? await tx.lockCase(caseId) : null
  const task = record && (await tx.task(taskId))
  const actor = record && (await tx.actor(actorId, record.process))
  if (!record || !task || !actor || !(await sees(pinned(processes, record), record, actor, tx))) throw refuse('NOT_FOUND')
  if (!task.isOpen) throw refuse('TASK_SUPERSEDED')
  await tx.saveDraft(taskId, actorId, draft)
  return { caseId: record.id, sequence: record.version }
}
function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
