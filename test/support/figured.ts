import { applicant, approver, type DataOf, date, defineProcess, form, integer, paragraph, role } from '../../src/define/index.js'
import { Opinion, Reason } from '../../workflows/common.js'

@form('figured-request', '期限练习申请', 'Request of the terms practice')
export class FiguredRequest {
  @paragraph('事由', 'Subject') subject!: string
  @date('交付日', 'Day of delivery', { optional: true }) deliveredOn?: string
  @integer('工作日', 'Working days', { optional: true }) workingDays?: number
}
const forms = { request: FiguredRequest, opinion: Opinion, reason: Reason }
type Data = DataOf<typeof forms>
const days = ({ request }: Data) => (request?.workingDays === undefined ? undefined : { workingDays: request.workingDays })

/** checking → deciding: terms of one state and of the whole case whose lengths a form gives, a period, and an act that may be taken back. */
export const figured = defineProcess({
  id: 'figured',
  version: 1,
  title: ['期限练习', 'Terms practice'],
  source: 'test',
  forms,
  startedBy: role('EMPLOYEE'),
  startsWith: 'request',
  owner: 'CS_MANAGER',
  handling: ['DELEGATE', 'TRANSFER'],
  dueOf: days,
  after: { WHOLE: { label: ['全案期限', 'The whole case'], due: days }, TOLD: { label: ['提示', 'Told'], due: { days: 20 } } },
  initial: 'checking',
  states: {
    checking: {
      label: ['核对', 'Checking'],
      assignee: approver('RELATIONS_SUPERVISOR'),
      on: { APPROVE: { target: 'deciding', form: 'opinion', retractable: true }, AMEND: { by: applicant, form: 'request' } },
      after: {
        DELIVERY: { label: ['交付期限', 'The delivery is due'], due: ({ request }: Data) => request?.deliveredOn, ladder: [{ at: 1, do: 'REMIND' }] },
      },
    },
    deciding: {
      label: ['审批', 'Deciding'],
      assignee: approver('CS_MANAGER'),
      on: { APPROVE: { target: 'passed', form: 'opinion' }, AMEND: { by: applicant, form: 'request' } },
      after: { PERIOD: { label: ['周期', 'The period'], due: { days: 7 }, repeats: true } },
    },
    passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
  },
})
