import { all, anyOf, type DataOf, defineProcess, type Facts, fact, not, role } from '../../../src/define/index.js'
import { Reason, reminders } from '../../common.js'
import { ProspectChoice } from '../customer-development/forms.js'
import { ClientMeetingMinutes, ExpertAnswer, ExpertQuestion, LeadRecord, ProspectAppointment, ProspectPostponement, TargetProfile } from './forms.js'

const forms = {
  profile: TargetProfile,
  prospect: ProspectChoice,
  lead: LeadRecord,
  appointment: ProspectAppointment,
  postponement: ProspectPostponement,
  minutes: ClientMeetingMinutes,
  question: ExpertQuestion,
  answer: ExpertAnswer,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const isKnown = (...values: readonly (string | undefined)[]) => values.every((value) => value !== undefined && value.trim() !== '')
const qualified = fact<Data>(['筛选合格', 'the prospect meets the requirement'], ({ data }) => data.lead?.qualified === true, ['lead'])
/** 决定面谈客户前…: three blocks are known before an interview. */
const companyKnown = fact<Data>(['已掌握企业背景信息', 'the company is known'], ({ data }) => isKnown(data.lead?.businessStatus), ['lead'])
const projectKnown = fact<Data>(['已掌握项目信息', 'the project is known'], ({ data }) => isKnown(data.lead?.projectInfo), ['lead'])
const personKnown = fact<Data>(['已掌握负责人信息', 'the person is known'], ({ data }) => isKnown(data.lead?.contactName, data.lead?.contactPhone), ['lead'])
const dateAgreed = fact<Data>(
  ['约定日期不早于今日', 'the date agreed has not passed'],
  ({ data, today }) => data.appointment !== undefined && data.appointment.meetingDate >= today,
  ['appointment'],
)
const dateOffered = fact<Data>(
  ['提议的日期不早于今日', 'the date offered has not passed'],
  ({ data, today }) => data.postponement !== undefined && data.postponement.nextDate >= today,
  ['postponement'],
)
const minutesOfProspect = fact<Data>(
  ['会议记录属于目标客户', 'the minutes are about the prospect'],
  ({ data: { minutes, prospect } }) => minutes !== undefined && minutes.customer === prospect?.customer,
  ['minutes'],
)
const progressNoted = fact<Data>(['会议记录写明进展', 'the minutes note the progress'], ({ data }) => isKnown(data.minutes?.progress), ['minutes'])
const recordingAgreed = fact<Data>(
  ['录音须经客户同意', 'nothing is recorded without consent'],
  ({ data: { minutes } }) => minutes !== undefined && (minutes.recording === undefined || minutes.recordingConsent),
  ['minutes'],
)
const urgent = fact<Data>(['近期紧迫需求', 'the need is urgent'], ({ data }) => data.lead?.urgency === 'URGENT', ['lead'])
const times = ({ decisions }: Facts<Data>, event: string) => decisions.filter(({ action }) => action === event).length
const questionOpen = fact<Data>(['有待解答的问题', 'a question waits for its answer'], (facts) => times(facts, 'ASK_EXPERT') > times(facts, 'ANSWER_EXPERT'))

/** 在xx工作日: of the steps promised in the talk, the first to be kept. */
const nextStep = ({ minutes }: Data) => minutes?.nextSteps.map(({ dueOn }) => dueOn).sort()[0]
/** The state is entered anew for a question, and for another interview without a new date: the date is told once. */
const newlyAppointed = fact<Data>(
  ['约定日期尚未提醒', 'the date agreed has not been told yet'],
  ({ decisions }) => decisions.findLast(({ action }) => ['APPOINTED', 'RE_INTERVIEW', 'MEETING_DATE'].includes(action))?.action === 'APPOINTED',
)
/** A promised day is the business of whoever promised it, and of the director. */
const promise = { ladder: reminders, notifies: ['ACCOUNT_MANAGER', 'ACCOUNT_DIRECTOR'] } as const

const manager = role('ACCOUNT_MANAGER')
const director = role('ACCOUNT_DIRECTOR')
/** Questions may be answered after the talk in which they came up; whoever waits in these states has a director to ask. */
const withDirector = anyOf(manager, director)
const answerExpert = { by: director, form: 'answer', guard: questionOpen } as const

export default defineProcess({
  id: 'prospect-development',
  version: 1,
  title: ['客户开发流程（开发步骤）', 'Prospecting steps'],
  source: 'catalogue page 9; 000 第2篇 客户开发流程 (steps 1–5 and scripts)',
  forms,
  startedBy: manager,
  startsWith: 'profile',
  customerOf: ({ prospect }) => prospect?.customer,
  events: {
    SET_TARGET: ['确定目标客户', 'Set the target'],
    PASS: ['筛选合格', 'Pass the screening'],
    FAIL: ['筛选不合格', 'Fail the screening'],
    INFO_READY: ['信息齐备', 'Information ready'],
    APPOINTED: ['已约定', 'Appointed'],
    POSTPONED: ['改期', 'Postponed'],
    RECORD_INTERVIEW: ['记录面谈', 'Record the interview'],
    ASK_EXPERT: ['提请总监或专家解答', 'Ask the director or an expert'],
    ANSWER_EXPERT: ['解答问题', 'Answer the question'],
    URGENT_NEED: ['近期紧迫需求，转提案', 'Urgent need: make a proposal'],
    KEEP_TRACKING: ['进一步跟踪', 'Keep tracking'],
    RE_INTERVIEW: ['再次面谈', 'Interview again'],
    DROP: ['放弃', 'Drop'],
  },
  owner: 'ACCOUNT_DIRECTOR',
  initial: 'targeting',
  states: {
    targeting: {
      label: ['定位', 'Locating the target'],
      assignee: manager,
      on: { SET_TARGET: { target: 'screening', form: 'prospect', revises: 'profile' } },
    },
    screening: {
      label: ['筛选', 'Screening by contact'],
      assignee: manager,
      on: {
        PASS: { target: 'infoCollecting', form: 'lead', guard: qualified },
        FAIL: { target: 'dropped', form: ['lead', 'reason'] },
      },
    },
    infoCollecting: {
      label: ['信息收集', 'Collecting information'],
      assignee: manager,
      on: { INFO_READY: { target: 'appointing', revises: 'lead', guard: all(companyKnown, projectKnown, personKnown) } },
    },
    appointing: {
      label: ['约见', 'Making an appointment'],
      assignee: manager,
      on: {
        APPOINTED: { target: 'interviewing', form: 'appointment', guard: dateAgreed },
        // Entered anew, so that the task is due on the date that was offered.
        POSTPONED: { target: 'appointing', form: 'postponement', guard: dateOffered },
      },
      after: { NEXT_DATE: { label: ['提议的下一日期', 'Next date offered'], due: ({ postponement }) => postponement?.nextDate, ...promise } },
    },
    interviewing: {
      label: ['面谈', 'Interviewing'],
      assignee: withDirector,
      on: {
        RECORD_INTERVIEW: {
          target: 'followUpDecision',
          by: manager,
          form: 'minutes',
          revises: 'lead',
          guard: all(minutesOfProspect, progressNoted, recordingAgreed),
        },
        // Entered anew, so that the director finds a new task.
        ASK_EXPERT: { target: 'interviewing', by: manager, form: 'question' },
        ANSWER_EXPERT: answerExpert,
      },
      after: {
        MEETING_DATE: {
          label: ['约定的面谈日期', 'Date agreed for the interview'],
          due: ({ appointment }) => appointment?.meetingDate,
          guard: newlyAppointed,
          ...promise,
        },
      },
    },
    followUpDecision: {
      label: ['跟踪决策', 'Deciding how to follow up'],
      assignee: withDirector,
      on: {
        URGENT_NEED: {
          target: 'proposalTriggered',
          by: manager,
          revises: 'lead',
          guard: urgent,
          // L17
          opens: [{ process: 'project-proposal', forms: ({ data }) => ({ minutes: data.minutes }) }],
        },
        KEEP_TRACKING: { target: 'tracking', by: manager, revises: 'lead', guard: not(urgent, ['没有近期紧迫需求', 'no urgent need is known']) },
        ANSWER_EXPERT: answerExpert,
      },
    },
    tracking: {
      label: ['跟踪', 'Tracking'],
      assignee: withDirector,
      on: {
        RE_INTERVIEW: { target: 'interviewing', by: manager, form: 'lead' },
        DROP: { target: 'dropped', by: manager, form: 'reason', revises: 'lead' },
        ANSWER_EXPERT: answerExpert,
      },
      after: { NEXT_STEP: { label: ['承诺的下一步期限', 'The next step promised is due'], due: nextStep, ...promise } },
    },
    proposalTriggered: { type: 'final', label: ['转提案', 'Proposal triggered'], outcome: 'completed' },
    dropped: { type: 'final', label: ['放弃', 'Dropped'], outcome: 'cancelled' },
  },
})
