import { randomUUID } from 'node:crypto'
import type { Answer, DecideCommand } from '../../src/engine/commands.js'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'
import type { DrivenCase, House } from './house.js'
import { claim } from './papers.js'

/** Acts as they go to the door, several at once. */

export const claimant = 'technician-1'
/** A claim that waits for its first approval. */
export async function submitted(house: House): Promise<DrivenCase> {
  const it = await house.open(claimant, 'expense-reimbursement', claim())
  await it.act(claimant, 'SUBMIT')
  return it
}
/** Without a key of its own an act gets a new one. */
export const decide = ({ house, id, process }: DrivenCase, login: string, action: string, rest: Partial<DecideCommand> = {}): Promise<Answer> =>
  house.door.decide({ actorId: employeeId(login), idempotencyKey: randomUUID(), requestId: 'race', caseId: id, process, action, forms: {}, ...rest })

const codesOf = (error: unknown): string => {
  if (error instanceof Refused) return error.reasons.map(({ code }) => code).join()
  throw error
}
/** What came of each: `done`, or the codes of the refusal. */
export const atOnce = async (attempts: readonly Promise<unknown>[]): Promise<string[]> =>
  Promise.all(attempts.map((attempt) => attempt.then(() => 'done', codesOf)))
export const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** How many refused acts of the case are on record. */
export async function refusalsOf({ house, id }: DrivenCase): Promise<number> {
  const { rows } = await house.pool.query('select count(*)::int as n from audit_entry where stream = $1', [`attempts:${id}`])
  return rows[0].n
}
