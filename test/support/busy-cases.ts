import type { Answer } from '../../src/engine/commands.js'
import type { Door } from '../../src/engine/door.js'
import { Refused } from '../../src/engine/refused.js'
import { employeeId } from '../../src/organisation/ids.js'

/** A step of a claim, always the same for the same number, so that whoever comes later can ask again with the same keys. */
export interface BusyStep {
  readonly key: string
  readonly login: string
  readonly action: string
}
export const processId = 'expense-reimbursement'

/** The claim of that number, from its opening to its payment: some within the supervisor's limit, some above, some returned once. */
export function stepsOf(index: number): readonly BusyStep[] {
  const claimant = `technician-${1 + (index % 2)}`
  const returned: readonly [string, string][] =
    index % 3 === 0
      ? [
          ['finance-1', 'RETURN'],
          [claimant, 'ACKNOWLEDGE_RETURN'],
          [claimant, 'SUBMIT'],
        ]
      : []
  const approved: readonly [string, string][] =
    index % 4 === 0
      ? [
          ['cs-manager-1', 'APPROVE_AND_ESCALATE'],
          ['general-manager-1', 'APPROVE'],
        ]
      : [['cs-manager-1', 'APPROVE']]
  const path: readonly [string, string][] = [
    [claimant, 'OPEN'],
    [claimant, 'SAVE'],
    [claimant, 'SUBMIT'],
    ...returned,
    ['finance-2', 'CHECK'],
    ['dept-manager-1', 'CONFIRM_BUDGET'],
    ...approved,
    ['payment-run', 'REQUEST_PAYMENT'],
    ['payment-run', 'PAYMENT_HANDLED'],
  ]
  return path.map(([login, action], step) => ({ key: `busy-${index}-${step}`, login, action }))
}

/** One claim from beginning to end, each step as often as it takes. `told`: every answer, once it is there. */
export async function driveCase(door: Door, index: number, told: (step: BusyStep, answer: Answer) => void): Promise<void> {
  const total = index % 4 === 0 ? '9000' : '900'
  const claim = { source: 'OTHER', sourceRecord: `${index}`, items: [{ item: '餐费', amount: total }], total }
  let caseId = ''
  for (const step of stepsOf(index)) {
    const request = { actorId: employeeId(step.login), idempotencyKey: step.key, requestId: 'busy' }
    const forms = step.action === 'RETURN' ? { reason: { reason: '凭证不齐' } } : step.action === 'SAVE' ? { claim } : {}
    const answer = await persist(() =>
      step.action === 'OPEN'
        ? door.open({ ...request, process: processId, form: claim })
        : door.decide({ ...request, caseId, process: processId, action: step.action, forms }),
    )
    caseId = answer.caseId
    told(step, answer)
  }
}
async function persist(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'BUSY' || tries === 30) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
