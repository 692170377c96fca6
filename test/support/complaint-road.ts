import { departmentId, employeeId } from '../../src/organisation/ids.js'
import * as paper from './complaints.js'
import { people, signatories } from './complaints.js'
import type { ActOptions, DrivenCase } from './house.js'

const { handler, visitor, supervisor, executor, confirmer, manager } = people

/** What is particular about a complaint on its way. */
export interface Plot {
  /** What the plan costs; the manager decides up to 10 000, the deputy general manager up to 100 000. */
  readonly amount?: string
  readonly type?: 'GOODS' | 'SERVICE' | 'OTHER'
  readonly urgency?: 'CRITICAL' | 'URGENT' | 'NORMAL'
  readonly severity?: 'ORDINARY' | 'SERIOUS'
  /** The code of the department at fault. */
  readonly department?: string
  readonly executor?: string
  readonly disposition?: string
  readonly registration?: object
  /** 投诉种类, as the investigation finds it. */
  readonly kind?: string
  readonly goods?: string
  readonly loss?: string
  readonly handler?: string
  /** What the report says the complaint was about. */
  readonly contents?: readonly string[]
  /** When the act is done in a state (ISO 8601); now unless told. */
  readonly when?: (state: string) => string | undefined
}
const timed = ({ when }: Plot, state: string): ActOptions => {
  const occurredAt = when?.(state)
  return occurredAt === undefined ? {} : { occurredAt }
}
export const classified = ({ type = 'GOODS', urgency = 'NORMAL', department = 'PRODUCTION' }: Plot) => ({
  classification: paper.classification({ complaintType: type, urgency }),
  notice: paper.notice({ problemDepartment: departmentId(department) }),
})
export const investigated = ({ severity = 'ORDINARY', kind = '品质', handler = people.handler }: Plot) => ({
  survey: { ...paper.survey, complaintKind: kind },
  record: paper.record({ severity, handler: employeeId(handler) }),
})
export const planned = ({ amount = '10000', disposition = 'OTHER', goods = 'A型打印机', loss = '0' }: Plot) => ({
  ...paper.plan(amount, { disposition, lossAmount: loss }),
  handlingForm: paper.handlingForm({ goods }),
})
export const sign = (it: DrivenCase, seat: string, login: string, when: ActOptions = {}) =>
  it.act(login, 'GIVE_OPINION', { countersignOpinion: paper.stance('同意') }, { ...when, seat })
export const signAll = async (it: DrivenCase, when: ActOptions = {}) => {
  for (const [seat, login] of Object.entries(signatories)) await sign(it, seat, login, when)
}

/** The straight road of a case: from each state the act that leads on. */
const road: readonly (readonly [from: string, go: (it: DrivenCase, plot: Plot, when: ActOptions) => Promise<unknown>])[] = [
  ['registered', (it, plot, when) => it.act(handler, 'CLASSIFY', classified(plot), when)],
  ['noticeReview', (it, plot, when) => it.act(supervisor, 'ISSUE_NOTICE', { notice: classified(plot).notice }, when)],
  ['investigating', (it, plot, when) => it.act(handler, 'SUBMIT_INVESTIGATION', investigated(plot), when)],
  ['causeVerdict', (it, _plot, when) => it.act(handler, 'CAUSE_OWN', { liability: paper.liability('70', '30') }, when)],
  ['planDrafting', (it, plot, when) => it.act(handler, 'SUBMIT_PLAN', planned(plot), when)],
  ['countersigning', (it, _plot, when) => signAll(it, when)],
  ['managerApproval', (it, _plot, when) => it.act(manager, 'APPROVE', {}, when)],
  [
    'negotiating',
    (it, plot, when) => it.act(handler, 'CUSTOMER_ACCEPTS', { ...paper.agreed, record: { ...investigated(plot).record, finalMeasure: '更换新机' } }, when),
  ],
  ['executing', (it, plot, when) => it.act(plot.executor ?? executor, 'REPORT_EXECUTION', { notice: { ...classified(plot).notice, ...paper.measures } }, when)],
  ['executionConfirming', (it, plot, when) => it.act(confirmer, 'CONFIRM_EXECUTION', { notice: { ...classified(plot).notice, ...paper.observation } }, when)],
  ['returnVisiting', (it, _plot, when) => it.act(visitor, 'VISIT_SATISFIED', { visitRecord: paper.visitRecord(true) }, when)],
  ['improving', (it, _plot, when) => it.act(supervisor, 'CONFIRM_IMPROVEMENT', { improvement: paper.improvement }, when)],
  ['reporting', (it, { contents = ['QUALITY'] }, when) => it.act(handler, 'SUBMIT_REPORT', { ...paper.summedUp, report: paper.report({ contents }) }, when)],
  ['reportReview', (it, _plot, when) => it.act(manager, 'CLOSE_CASE', paper.closing, when)],
]
/** Leaves a state by the straight road. */
export const onward =
  (state: string, plot: Plot = {}) =>
  (it: DrivenCase) =>
    road.find(([from]) => from === state)![1](it, plot, {})
/** Goes on along the road from where the case is until it is at a state. */
export async function onTo(it: DrivenCase, state: string, plot: Plot = {}): Promise<DrivenCase> {
  const places = road.map(([from]) => from)
  const until = state === 'closed' ? road.length : places.indexOf(state)
  const from = places.indexOf(await it.state())
  for (const [place, go] of road.slice(from, until)) await go(it, plot, timed(plot, place))
  if ((await it.state()) !== state) throw new Error(`the case is in ${await it.state()}, not in ${state}`)
  return it
}
