import { anyOf, applicant, approver, type DataOf, date, defineProcess, fact, form, paragraph, role, system } from '../../src/define/index.js'
import { Refused } from '../../src/engine/refused.js'
import { Opinion, Reason } from '../../workflows/common.js'
import type { DrivenCase, House } from './house.js'

@form('measured-request', '度量申请', 'Measured request')
export class MeasuredRequest {
  @paragraph('事由', 'Subject') subject!: string
  @date('承诺日', 'Promised day', { optional: true }) promisedOn?: string
}
const forms = { request: MeasuredRequest, opinion: Opinion, reason: Reason }
type Data = DataOf<typeof forms>
const urgent = fact<Data>(['加急', 'urgent'], ({ data }) => data.request?.subject === '加急')

/** Everything that process insight looks at: rounds, an arrow back to its own state, seats, terms of each kind, acts of the clock and of a service. */
export const measured = defineProcess({
  id: 'measured',
  version: 1,
  title: ['度量练习', 'Measured practice'],
  source: 'test',
  forms,
  startedBy: role('EMPLOYEE'),
  startsWith: 'request',
  owner: 'RELATIONS_MANAGER',
  withdrawal: { from: ['review', 'voting'], to: 'draft', until: 'END', form: 'reason' },
  events: { POSTPONE: ['缓办', 'Postpone'], HAND_OVER: ['移交', 'Hand over'] },
  after: { PROMISED: { label: ['承诺到期', 'The promise is due'], due: ({ request }: Data) => request?.promisedOn, statutory: true } },
  initial: 'draft',
  states: {
    draft: {
      label: ['起草', 'Draft'],
      assignee: applicant,
      on: { SUBMIT: { target: 'review', revises: 'request' }, AMEND: { form: 'request' } },
      after: { FORGOTTEN: { label: ['未提交', 'Forgotten'], due: { days: 3 }, target: 'lapsed' } },
    },
    review: {
      label: ['审核', 'Review'],
      assignee: approver('RELATIONS_SUPERVISOR'),
      on: {
        APPROVE: { target: 'voting', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        POSTPONE: { target: 'review' },
        AMEND: { by: applicant, form: 'request' },
      },
      after: {
        SLOW: { label: ['审核逾期', 'The review is late'], due: { workingHours: 8 }, ladder: [{ at: 0.5, do: 'REMIND' }] },
        HURRY: { label: ['催回', 'Called back'], due: { workingHours: 4 }, target: 'draft', startsRound: true, guard: urgent },
      },
    },
    voting: {
      type: 'countersign',
      label: ['会签', 'Voting'],
      seats: { finance: { label: ['财务', 'Finance'], by: role('FINANCE') }, manager: { label: ['经理', 'Manager'], by: approver('CS_MANAGER') } },
      sign: 'SIGN',
      form: 'opinion',
      on: { RETURN: { target: 'review', form: 'reason', startsRound: true } },
      onDone: 'handing',
    },
    handing: { label: ['移交', 'Handing over'], assignee: anyOf(role('FINANCE'), system), on: { HAND_OVER: { target: 'passed' } } },
    passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
    lapsed: { type: 'final', label: ['失效', 'Lapsed'], outcome: 'cancelled' },
  },
})

/** Numbers from 0 to 1, always the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Doing = (it: DrivenCase, applicant: string) => Promise<unknown>
const reason = { reason: { reason: '材料不齐' } }
const amended: Doing = async (it, by) =>
  it.act(by, 'AMEND', { request: { subject: '改', ...((await it.form('request'))?.['promisedOn'] ? {} : { promisedOn }) } })
const promisedOn = '2030-01-02'
/** What may be done in each state, by how often it is. */
const doings: Readonly<Record<string, readonly (readonly [weight: number, Doing])[]>> = {
  draft: [
    [6, (it, by) => it.act(by, 'SUBMIT')],
    [1, amended],
    [0.5, (it) => it.expire('FORGOTTEN')],
    [0.5, (it) => it.refused('finance-1', 'SUBMIT')],
  ],
  review: [
    [3, (it) => it.act('relations-supervisor-1', 'APPROVE')],
    [2, (it) => it.handle('relations-supervisor-1', 'CLAIM').then(() => it.act('relations-supervisor-1', 'APPROVE'))],
    [0.5, (it) => it.handle('relations-supervisor-1', 'CLAIM').then(() => it.handle('relations-supervisor-1', 'RELEASE'))],
    [1.5, (it) => it.act('relations-supervisor-1', 'RETURN', reason)],
    [1, (it) => it.act('relations-supervisor-1', 'POSTPONE')],
    [0.7, (it, by) => it.act(by, 'WITHDRAW', reason)],
    [1, amended],
    [0.7, (it) => runningOut(it, 'SLOW')],
    [0.7, (it) => runningOut(it, 'HURRY')],
    [0.7, (it) => it.refused('finance-1', 'APPROVE')],
    [0.5, (it) => it.refused('relations-specialist-3', 'RETURN')],
  ],
  voting: [
    [3, (it) => it.act('finance-1', 'SIGN', {}, { seat: 'finance' })],
    [3, (it) => it.act('cs-manager-1', 'SIGN', {}, { seat: 'manager' })],
    [0.5, (it) => it.act('cs-manager-1', 'RETURN', reason)],
    [0.5, (it, by) => it.act(by, 'WITHDRAW', reason)],
  ],
  handing: [
    [1, (it) => it.act('payment-run', 'HAND_OVER')],
    [1, (it) => it.act('finance-1', 'HAND_OVER')],
    [0.5, (it) => it.handle('finance-1', 'CLAIM')],
  ],
}
const runningOut = async (it: DrivenCase, name: string) =>
  (await it.timers()).some((timer) => timer.name === name && timer.rung === null && timer.status === 'PENDING') && it.expire(name)

function drawn(choices: readonly (readonly [number, Doing])[], share: number): Doing {
  let left = share * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, doing] of choices) {
    if (left < weight) return doing
    left -= weight
  }
  return choices.at(-1)![1]
}

/** A case that goes its way by chance, to its end or for a dozen acts at most. */
export async function wander(house: House, seed: number): Promise<DrivenCase> {
  const next = chance(seed)
  const login = `technician-${1 + Math.floor(next() * 2)}`
  const it = await house.open(login, measured.id, { subject: next() < 0.3 ? '加急' : '普通', ...(next() < 0.5 && { promisedOn }) })
  for (let acts = 4 + next() * 12; acts > 0; acts--) {
    const choices = doings[await it.state()]
    if (!choices) break
    // What somebody else holds or has signed already is refused, which is measured too.
    await drawn(choices, next())(it, login).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error
    })
  }
  return it
}
