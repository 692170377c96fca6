import { all, approver, type DataOf, type Decision, defineProcess, fact, not, role } from '../../../src/define/index.js'
import { Opinion, Reason, reminders, usualHandling } from '../../common.js'
import {
  CreditAgency,
  CreditContent,
  CreditDeteriorationCountermeasure,
  CreditInvestigationReport,
  CreditInvestigationRequest,
  CreditInvestigationSummary,
  CreditMeasuresDone,
  CreditMethod,
  CreditReportDistribution,
  CreditVerdict,
  CustomerCreditAnalysis,
  CustomerCreditInvestigationForm,
} from './forms.js'

const forms = {
  request: CreditInvestigationRequest,
  agency: CreditAgency,
  method: CreditMethod,
  content: CreditContent,
  creditSurvey: CustomerCreditInvestigationForm,
  summary: CreditInvestigationSummary,
  creditAnalysis: CustomerCreditAnalysis,
  verdict: CreditVerdict,
  countermeasure: CreditDeteriorationCountermeasure,
  measuresDone: CreditMeasuresDone,
  report: CreditInvestigationReport,
  distribution: CreditReportDistribution,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>
/** What the case that opened this one reads of it. */
export type CreditData = Data

/** No arrow leads back to the verdict, so that it never lapses. */
const wasFoundBad = (decisions: readonly Decision[]) => decisions.some(({ state, action }) => state === 'verdict' && action === 'VERDICT_BAD')

const agencyNamed = fact<Data>(
  ['已指明调查机构，或自行调查', 'an agency is named, or it is done in-house'],
  ({ data: { agency } }) => agency?.inHouse === true || agency?.agency !== undefined,
  ['agency'],
)
const aboutCustomer = fact<Data>(
  ['调查表所列为委托调查的客户', 'the survey is about the customer asked for'],
  ({ data: { request, creditSurvey } }) => creditSurvey !== undefined && creditSurvey.companyNo === request?.customer,
  ['creditSurvey'],
)
const insuranceStated = fact<Data>(
  ['有保险的已填保险金额', 'an insurance states its amount'],
  ({ data: { creditSurvey } }) => creditSurvey?.insured !== 'INSURED' || creditSurvey.insuredAmount !== undefined,
  ['creditSurvey'],
)
const surveyComplete = all(aboutCustomer, insuranceStated)
const assessed = fact<Data>(
  ['已定信用评分、信用等级和赊销限额', 'score, grade and limit are set'],
  ({ data: { creditSurvey: survey } }) => [survey?.creditScore, survey?.creditGrade, survey?.creditSaleLimit].every((value) => value !== undefined),
  ['creditSurvey'],
)
const validBeyondToday = fact<Data>(
  ['有效期在今日之后', 'valid beyond today'],
  ({ data: { verdict }, today }) => verdict !== undefined && verdict.validUntil > today,
  ['verdict'],
)
const reportFollowsVerdict = fact<Data>(
  ['报告与信用判定一致', 'the report agrees with the verdict'],
  ({ data: { report }, decisions }) => report?.creditIsGood === !wasFoundBad(decisions),
  ['report'],
)
const foundBad = fact<Data>(['信用判定为不良', 'the verdict was bad'], ({ decisions }) => wasFoundBad(decisions))
const foundGood = not(foundBad, ['信用判定为良好', 'the verdict was good'])
const gmMustSign = fact<Data>(['须总经理签字', 'the general manager has to sign'], ({ settings }) => settings['gmSignatureRequired'] !== 0)

const supervisor = role('SURVEY_SUPERVISOR')
/** 调查人: not whoever develops the customer (page 7, rules). */
const investigator = role('SURVEY_SPECIALIST', { distinctFromParent: ['prospectSelection', 'applicationDrafting'] })
/** The supervisor may judge a case that he opened, but not his own findings. */
const judge = role('SURVEY_SUPERVISOR', { distinctFrom: ['investigating', 'analysing'], distinctFromParent: ['prospectSelection', 'applicationDrafting'] })
/** 调查人 ≠ 判定人 ≠ 审批人; `author`: where the paper to approve was written. */
const manager = (author: string) => approver('CS_MANAGER', { distinctFrom: ['investigating', 'analysing', 'verdict', author] })

export default defineProcess({
  id: 'customer-credit-investigation',
  version: 1,
  title: ['客户信用调查流程', 'Customer credit investigation'],
  source: 'catalogue page 8; 002 ch2 十六, forms 八 and 九; 003 客户信息档案管理人员4',
  forms,
  startedBy: supervisor,
  startsWith: 'request',
  customerOf: ({ request }) => request?.customer,
  events: {
    SELECT_AGENCY: ['选择信用调查机构', 'Choose the agency'],
    SELECT_METHOD: ['选择信用调查方法', 'Choose the method'],
    DEFINE_CONTENT: ['确定信用调查内容', 'Fix the contents'],
    SUBMIT_FINDINGS: ['提交调查结果', 'Submit the findings'],
    SUBMIT_ANALYSIS: ['提交整理分析', 'Submit the analysis'],
    VERDICT_GOOD: ['信用状况良好', 'Credit is good'],
    VERDICT_BAD: ['信用状况不良', 'Credit is bad'],
    SUBMIT_COUNTERMEASURE: ['提交对策', 'Submit the measures'],
    MEASURES_DONE: ['对策已实施', 'Measures carried out'],
    REPORT_OUT: ['上报有关部门', 'Report to the departments concerned'],
  },
  settings: {
    gmSignatureRequired: { label: ['须总经理签字（1 是，0 否）', 'General manager has to sign (1 yes, 0 no)'], value: 1 },
    reportOutDays: { label: ['上报期限（工作日）', 'Working days to report to the departments concerned'], value: 1 },
  },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  initial: 'agencySelection',
  states: {
    agencySelection: {
      label: ['选择机构', 'Choosing the agency'],
      assignee: supervisor,
      on: { SELECT_AGENCY: { target: 'methodSelection', form: 'agency', guard: agencyNamed } },
    },
    methodSelection: {
      label: ['选择方法', 'Choosing the method'],
      assignee: supervisor,
      on: { SELECT_METHOD: { target: 'contentDefinition', form: 'method' } },
    },
    contentDefinition: {
      label: ['确定内容', 'Fixing the contents'],
      assignee: supervisor,
      on: { DEFINE_CONTENT: { target: 'investigating', form: 'content' } },
    },
    investigating: {
      label: ['调查实施', 'Investigating'],
      assignee: investigator,
      on: { SUBMIT_FINDINGS: { target: 'analysing', form: 'creditSurvey', guard: surveyComplete } },
    },
    analysing: {
      label: ['整理分析', 'Sorting and analysing'],
      assignee: investigator,
      on: {
        SUBMIT_ANALYSIS: {
          target: 'verdict',
          form: 'summary',
          // 信用评定 stands on the survey form: the analysis completes it.
          revises: ['creditSurvey', 'creditAnalysis'],
          guard: all(surveyComplete, assessed),
        },
      },
    },
    verdict: {
      label: ['信用判定', 'Verdict on the credit'],
      assignee: judge,
      on: {
        VERDICT_GOOD: { target: 'reportDrafting', form: 'verdict', guard: validBeyondToday },
        VERDICT_BAD: { target: 'countermeasureDrafting', form: 'verdict', guard: validBeyondToday, tells: [{ to: 'parent', event: 'CREDIT_ALERT' }] },
      },
    },
    countermeasureDrafting: {
      label: ['制定对策', 'Drafting the measures'],
      assignee: supervisor,
      on: { SUBMIT_COUNTERMEASURE: { target: 'countermeasureApproval', form: 'countermeasure' } },
    },
    countermeasureApproval: {
      label: ['对策审批', 'Approval of the measures'],
      assignee: manager('countermeasureDrafting'),
      on: {
        APPROVE: { target: 'countermeasureImplementing', form: 'opinion' },
        RETURN: { target: 'countermeasureDrafting', form: 'reason', startsRound: true },
      },
    },
    countermeasureImplementing: {
      label: ['实施对策', 'Carrying out the measures'],
      assignee: investigator,
      on: { MEASURES_DONE: { target: 'reportDrafting', form: 'measuresDone' } },
    },
    reportDrafting: {
      label: ['编写报告', 'Writing the report'],
      assignee: investigator,
      on: { SUBMIT_REPORT: { target: 'reportApproval', form: 'report', guard: reportFollowsVerdict } },
    },
    reportApproval: {
      label: ['报告审批', 'Approval of the report'],
      assignee: manager('reportDrafting'),
      on: {
        APPROVE: [
          { target: 'gmSignature', guard: gmMustSign, form: 'opinion' },
          { target: 'reportingOut', guard: not(gmMustSign, ['无须总经理签字', 'the general manager need not sign']), form: 'opinion' },
        ],
        RETURN: { target: 'reportDrafting', form: 'reason', startsRound: true },
      },
    },
    gmSignature: {
      label: ['总经理签字', 'Signature of the general manager'],
      assignee: approver('GENERAL_MANAGER', { distinctFrom: ['investigating', 'analysing', 'verdict', 'reportDrafting', 'reportApproval'] }),
      on: {
        SIGN: { target: 'reportingOut', form: 'opinion' },
        RETURN: { target: 'reportDrafting', form: 'reason', startsRound: true },
      },
    },
    reportingOut: {
      label: ['上报有关部门', 'Reporting to the departments concerned'],
      assignee: investigator,
      on: {
        REPORT_OUT: [
          { target: 'completedGood', guard: foundGood, form: 'distribution' },
          {
            target: 'completedBad',
            guard: foundBad,
            form: 'distribution',
            // L18. 危险客户统计表 is a list of the cases that end here, not a paper to hand in.
            opens: [
              {
                process: 'credit-grade-change',
                forms: ({ data: { creditSurvey, countermeasure, report } }) => ({ creditSurvey, countermeasure, report }),
              },
            ],
          },
        ],
      },
      // 及时上报.
      after: {
        REPORT_OUT_DUE: {
          label: ['上报期限', 'The report to the departments is due'],
          due: { workingDays: 'reportOutDays' },
          ladder: reminders,
          notifies: ['SURVEY_SUPERVISOR', 'CS_MANAGER'],
        },
      },
    },
    completedGood: { type: 'final', label: ['完成（良好）', 'Completed: good'], outcome: 'completed' },
    completedBad: { type: 'final', label: ['完成（不良）', 'Completed: bad'], outcome: 'completed' },
  },
})
