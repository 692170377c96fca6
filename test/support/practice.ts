import {
  type Authority,
  above,
  applicant,
  approver,
  type DataOf,
  defineProcess,
  form,
  type Mode,
  money,
  paragraph,
  raises,
  role,
  type Voters,
  within,
} from '../../src/define/index.js'
import { customerId } from '../../src/organisation/ids.js'
import { Opinion, Reason } from '../../workflows/common.js'
import type { DrivenCase, House } from './house.js'

/** Processes of the tests' own, for what no page has: every mode of countersigning, returns over a choice of states, effects. */
@form('practice-request', '练习申请', 'Practice request')
export class PracticeRequest {
  @paragraph('事由', 'Subject') subject!: string
  @money('金额', 'Amount', { optional: true }) amount?: string
}
const forms = { request: PracticeRequest, opinion: Opinion, reason: Reason }
type Data = DataOf<typeof forms>
const amountOf = ({ request }: Data) => request?.amount

const ends = {
  passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
  failed: { type: 'final', label: ['未通过', 'Failed'], outcome: 'rejected' },
} as const

/** A countersign by every holder of a role, or by named seats, in one of the modes. Anybody opens a case; its applicant submits it. */
export const countersignOf = (id: string, mode: Mode, by: { voters: Voters } | { seats: Readonly<Record<string, Authority>> }) =>
  defineProcess({
    id,
    version: 1,
    title: ['会签练习', 'Countersign practice'],
    source: 'test',
    forms,
    startedBy: role('EMPLOYEE'),
    startsWith: 'request',
    owner: 'CS_MANAGER',
    handling: ['TRANSFER', 'DELEGATE', 'ADD_SIGNER', 'ASK'],
    initial: 'draft',
    states: {
      draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'voting', revises: 'request' } } },
      voting: {
        type: 'countersign',
        label: ['会签', 'Voting'],
        ...('voters' in by
          ? { voters: by.voters }
          : { seats: Object.fromEntries(Object.entries(by.seats).map(([seat, authority]) => [seat, { label: [seat, seat] as const, by: authority }])) }),
        mode,
        sign: 'APPROVE',
        form: 'opinion',
        against: { event: 'REJECT', form: 'reason', target: 'failed' },
        abstain: { event: 'ABSTAIN', form: 'opinion' },
        on: { RETURN: { target: 'draft', form: 'reason', startsRound: true } },
        onDone: 'passed',
      },
      ...ends,
    },
  })

/** draft → first → second → (paying) → third: returns to a choice of states, an effect that no return undoes, a straight way back. */
export const chainOf = (id: string) =>
  defineProcess({
    id,
    version: 1,
    title: ['逐级审批练习', 'Chain practice'],
    source: 'test',
    forms,
    startedBy: role('EMPLOYEE'),
    startsWith: 'request',
    owner: 'CS_MANAGER',
    amountOf,
    material: ['request'],
    handling: ['TRANSFER', 'DELEGATE', 'ADD_SIGNER', 'ASK'],
    addedSigners: 'BINDING',
    withdrawal: { from: ['first', 'second'], to: 'draft', until: 'END', form: 'reason' },
    batch: ['APPROVE'],
    revocable: { days: 30 },
    initial: 'draft',
    states: {
      draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'first', revises: 'request', resubmits: true } } },
      first: {
        label: ['一审', 'First'],
        assignee: approver('RELATIONS_SUPERVISOR'),
        on: {
          APPROVE: { target: 'second', form: 'opinion', retractable: true },
          RETURN: { target: 'draft', form: 'reason', startsRound: true },
          AMEND: { by: applicant, form: 'request' },
        },
      },
      second: {
        label: ['二审', 'Second'],
        assignee: approver('CS_MANAGER', { distinctFrom: ['first'] }),
        on: {
          APPROVE: { target: 'paying', form: 'opinion' },
          RETURN: { returnsTo: ['draft', 'first', 'third'], form: 'reason' },
          AMEND: [
            { by: applicant, form: 'request', guard: raises<Data>(amountOf, ['request']), target: 'first', startsRound: true },
            { by: applicant, form: 'request' },
          ],
        },
      },
      paying: { label: ['付款', 'Paying'], assignee: role('FINANCE'), on: { PAY: { target: 'third', form: 'opinion', executes: true } } },
      third: {
        label: ['三审', 'Third'],
        assignee: approver('GENERAL_MANAGER', { distinctFrom: ['first', 'second'] }),
        on: {
          APPROVE: { target: 'passed', form: 'opinion' },
          REJECT: { target: 'failed', form: 'reason' },
          RETURN: { returnsTo: ['second', 'paying'], form: 'reason' },
        },
      },
      ...ends,
    },
    events: { PAY: ['付款', 'Pay'] },
  })

/** A case of {@link chainOf} as it waits for its first approval, or for a later one; `by` decides first. */
export async function chainAt(
  house: House,
  process: string,
  state: 'draft' | 'first' | 'second' | 'paying' | 'third' | 'passed',
  { applicant: login = 'technician-1', amount = '100', by = 'relations-supervisor-1' }: { applicant?: string; amount?: string; by?: string } = {},
): Promise<DrivenCase> {
  const it = await house.open(login, process, { subject: '练习', amount })
  const steps = [
    ['first', login, 'SUBMIT'],
    ['second', by, 'APPROVE'],
    ['paying', 'cs-manager-1', 'APPROVE'],
    ['third', 'finance-1', 'PAY'],
    ['passed', 'general-manager-1', 'APPROVE'],
  ] as const
  for (const [, who, action] of steps.slice(0, ['draft', ...steps.map(([to]) => to)].indexOf(state))) await it.act(who, action)
  return it
}

/** Small amounts the manager decides alone, while what the year that the subject names comes to stays within bounds; all others go higher. */
export const cappedOf = (id: string) =>
  defineProcess({
    id,
    version: 1,
    title: ['累计限额练习', 'Cumulative limit practice'],
    source: 'test',
    forms,
    startedBy: role('EMPLOYEE'),
    startsWith: 'request',
    owner: 'CS_MANAGER',
    amountOf,
    commitments: [{ account: id, counterparty: () => customerId('C0001'), day: ({ request }: Data) => request?.subject, period: 'YEAR', usedFrom: [] }],
    initial: 'draft',
    states: {
      draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'review', revises: 'request' } } },
      review: {
        label: ['审批', 'Review'],
        assignee: approver('CS_MANAGER'),
        on: {
          APPROVE: [
            { target: 'passed', form: 'opinion', guard: within<Data>('CS_MANAGER', amountOf, ['request']) },
            { target: 'higher', form: 'opinion', guard: above<Data>('CS_MANAGER', amountOf, ['request']) },
          ],
        },
      },
      higher: {
        label: ['上级审批', 'Higher'],
        assignee: approver('GENERAL_MANAGER', { distinctFrom: ['review'] }),
        on: { APPROVE: { target: 'passed', form: 'opinion' }, REJECT: { target: 'failed', form: 'reason' } },
      },
      ...ends,
    },
  })
