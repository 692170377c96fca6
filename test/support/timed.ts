import { applicant, approver, type DataOf, date, defineProcess, fact, form, paragraph, role } from '../../src/define/index.js'
import { Opinion, Reason } from '../../workflows/common.js'

/** A process that lives on time, for what no page has. */
@form('timed-request', '限时申请', 'Timed request')
export class TimedRequest {
  @paragraph('事由', 'Subject') subject!: string
  @date('承诺日', 'Promised day', { optional: true }) promisedOn?: string
}
const forms = { request: TimedRequest, opinion: Opinion, reason: Reason }
type Data = DataOf<typeof forms>
const urgent = fact<Data>(['加急', 'urgent'], ({ data }) => data.request?.subject === '加急')

/** draft → waiting → deciding: terms that lead on, stay, depend on a form or on a fact; a ladder; one that the law sets. */
export const timed = defineProcess({
  id: 'timed',
  version: 1,
  title: ['限时练习', 'Timed practice'],
  source: 'test',
  forms,
  startedBy: role('EMPLOYEE'),
  startsWith: 'request',
  owner: 'CS_MANAGER',
  handling: ['DELEGATE'],
  settings: { waitDays: { label: ['等待天数', 'Days to wait'], value: 3 } },
  events: { ADVISE: ['提出建议', 'Advise'] },
  dueOf: ({ request }) => request?.promisedOn,
  after: {
    OVERDUE: { label: ['逾期', 'Overdue'], due: ({ request }: Data) => request?.promisedOn, notifies: ['CS_MANAGER'] },
    NEAR: { label: ['临期', 'Near'], due: ({ request }: Data) => ({ workingDays: 1, before: request?.promisedOn }) },
    STATUTORY: { label: ['法定期限', 'Statutory'], due: { days: 30 }, statutory: true },
  },
  initial: 'draft',
  states: {
    draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'waiting', revises: 'request' }, AMEND: { form: 'request' } } },
    waiting: {
      label: ['等待', 'Waiting'],
      assignee: role('RELATIONS_SPECIALIST'),
      on: { ANSWER: { target: 'deciding', form: 'opinion' }, AMEND: { by: applicant, form: 'request' } },
      after: {
        NOTED: { label: ['已等待', 'Waited'], due: { workingHours: 4 } },
        GONE: { label: ['放弃', 'Given up'], due: { workingDays: 'waitDays' }, target: 'lapsed' },
        HURRY: { label: ['加急处理', 'Hurried'], due: { workingHours: 1 }, target: 'deciding', guard: urgent },
      },
    },
    deciding: {
      label: ['审批', 'Deciding'],
      assignee: approver('RELATIONS_SUPERVISOR', { distinctFrom: ['waiting'] }),
      on: {
        APPROVE: { target: 'passed', form: 'opinion' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
        ADVISE: { by: role('RELATIONS_SPECIALIST'), form: 'opinion' },
      },
      after: {
        LATE: {
          label: ['审批超时', 'The decision is late'],
          due: { workingDays: 4 },
          ladder: [
            { at: 0.25, do: 'REMIND' },
            { at: 0.5, do: 'WIDEN', to: 'CS_MANAGER' },
            { at: 0.75, do: 'REASSIGN' },
            { at: 1.5, do: 'RAISE' },
          ],
        },
      },
    },
    passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
    lapsed: { type: 'final', label: ['失效', 'Lapsed'], outcome: 'cancelled' },
  },
})
