import {
  all,
  anyOf,
  childrenEnded,
  compareDecimals,
  type DataOf,
  defineProcess,
  type Facts,
  fact,
  memberOf,
  noOpenCases,
  noOpenChild,
  not,
  role,
  sameAmount,
  system,
} from '../../../src/define/index.js'
import { inWriting, Opinion, Reason, usualHandling } from '../../common.js'
import { HospitalityApplication } from '../../hospitality/customer-meal-hospitality/forms.js'
import { GiftApplication } from '../../hospitality/gift-giving-application/forms.js'
import type { CreditData } from '../customer-credit-investigation/process.js'
import { TargetProfile } from '../prospect-development/forms.js'
import {
  CooperationContract,
  CooperationTerms,
  CreditClearance,
  CustomerDevelopmentEvaluation,
  CustomerDevelopmentPlan,
  CustomerInfoCollection,
  CustomerSurveyDetail,
  CustomerVisitPlan,
  DevelopmentDailyLog,
  DevelopmentProgressReport,
  FirstTrade,
  NewCustomerDevelopmentApplication,
  NewCustomerReport,
  NewCustomerScope,
  ProspectChoice,
  SupportingData,
  UnclearItems,
} from './forms.js'

const forms = {
  scope: NewCustomerScope,
  supportingData: SupportingData,
  prospect: ProspectChoice,
  plan: CustomerDevelopmentPlan,
  survey: CustomerSurveyDetail,
  infoCollection: CustomerInfoCollection,
  evaluation: CustomerDevelopmentEvaluation,
  unclearItems: UnclearItems,
  application: NewCustomerDevelopmentApplication,
  visitPlan: CustomerVisitPlan,
  dailyLog: DevelopmentDailyLog,
  progressReport: DevelopmentProgressReport,
  clearance: CreditClearance,
  contract: CooperationContract,
  terms: CooperationTerms,
  firstTrade: FirstTrade,
  report: NewCustomerReport,
  targetProfile: TargetProfile,
  mealApplication: HospitalityApplication,
  giftApplication: GiftApplication,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const isProspect = ({ prospect }: Data, customer: string | undefined) => prospect !== undefined && prospect.customer === customer
/** The newest finished credit investigation of the prospect; children come in the order in which they were opened. */
const creditOf = ({ children, data }: Facts<Data>): CreditData | undefined =>
  children
    .filter(({ process, outcome }) => process === 'customer-credit-investigation' && outcome === 'completed')
    .map((child): CreditData => child.data)
    .findLast(({ request }) => isProspect(data, request?.customer))
/** 赊销限额, as the countermeasures left it; nothing may be sold on credit without one. */
const creditLimit = (facts: Facts<Data>) => creditOf(facts)?.countermeasure?.newCreditLimit ?? creditOf(facts)?.creditSurvey?.creditSaleLimit ?? '0'

const planned = fact<Data>(
  ['开发计划表列有选定的客户', 'the plan lists the prospect'],
  ({ data }) => data.plan?.rows.some(({ customer }) => isProspect(data, customer)) === true,
  ['prospect', 'plan'],
)
const notDeveloped = noOpenCases(['该客户没有其他开发案件', 'nobody else is developing the customer'], ['customer-development'])
const surveyed = fact<Data>(['调查明细表属于选定的客户', 'the survey is about the prospect'], ({ data }) => isProspect(data, data.survey?.customer), ['survey'])
const creditEnded = childrenEnded(['信用调查已结束', 'the credit investigation has ended'], 'customer-credit-investigation')
const evaluated = fact<Data>(
  ['评定表列有选定的客户', 'the evaluation lists the prospect'],
  ({ data }) => data.evaluation?.rows.some(({ customer }) => isProspect(data, customer)) === true,
  ['evaluation'],
)
/** Asked here, because a prospect with an expired result can still go back for another investigation. */
const creditValid = fact<Data>(
  ['信用调查结果在有效期内', 'the credit result is still valid'],
  (facts) => facts.today <= (creditOf(facts)?.verdict?.validUntil ?? ''),
)
const appliesForProspect = fact<Data>(
  ['申请的是选定的客户', 'the application is for the prospect'],
  ({ data }) => isProspect(data, data.application?.prospect),
  ['application'],
)
const approved = fact<Data>(['开发申请已批准', 'the application is approved'], ({ decisions }) =>
  decisions.some(({ state, action }) => state === 'managerReview' && action === 'APPROVE'),
)
const alertExplained = fact<Data>(['已说明预警理由', 'the alert gives its reason'], ({ data }) => data.reason !== undefined, ['reason'])
const periodInOrder = fact<Data>(
  ['汇报期间起止有序', 'the period ends after it begins'],
  ({ data: { progressReport } }) => progressReport !== undefined && progressReport.periodFrom <= progressReport.periodTo,
  ['progressReport'],
)
const termsAgreed = fact<Data>(
  ['合同属于选定的客户，赊销金额不超过合同金额，起止日期有序', 'the contract is with the prospect, its credit within its amount, its dates in order'],
  ({ data }) => isProspect(data, data.contract?.customer) && termsFit(data),
  ['contract', 'terms'],
)
const withinCredit = fact<Data>(
  ['赊销金额不超过赊销限额', 'the amount on credit is within the credit limit'],
  (facts) => facts.data.terms !== undefined && compareDecimals(facts.data.terms.creditAmount, creditLimit(facts)) <= 0,
)
const alreadyTraded = fact<Data>(
  ['交易日期不晚于今日', 'the trade has taken place'],
  ({ data: { firstTrade }, today }) => firstTrade !== undefined && firstTrade.tradedOn <= today,
  ['firstTrade'],
)
const reportsFirstTrade = fact<Data>(
  ['报告的客户与第一次交易额相符', 'the report names the prospect and the first trade'],
  ({ data }) => isProspect(data, data.report?.customer) && sameAmount(data.report?.firstTradeAmount, data.firstTrade?.amount),
  ['report'],
)

function termsFit({ contract, terms }: Data): boolean {
  if (contract === undefined || terms === undefined) return false
  const inOrder = contract.startOn === undefined || contract.endOn === undefined || contract.startOn <= contract.endOn
  return inOrder && compareDecimals(terms.creditAmount, contract.amount) <= 0
}

/** What the customer's file begins with (page 7, acceptance test 6). */
function papersOf(facts: Facts<Data>) {
  const { survey, contract, report } = facts.data
  return { survey, credit: creditOf(facts)?.creditSurvey, contract, report }
}

const specialist = role('DEVELOPMENT_SPECIALIST')
/** The supervisor opens the case, so that being its applicant does not count: only the work to be judged does. */
const supervisor = (...judged: readonly string[]) => role('DEVELOPMENT_SUPERVISOR', { distinctFrom: judged })
const manager = (...judged: readonly string[]) => role('CS_MANAGER', { distinctFrom: judged })
/** 资料支持 is a task of theirs too: without one they would not see the case. */
const supporter = memberOf('RELATED_DEPT', 'scope.supportingDepartments')
const provideData = { by: supporter, form: 'supportingData' } as const
/** Survey and evaluation of one prospect; the credit region of 潜在客户调查 is the child case. */
const investigation = { form: ['survey', 'evaluation'], revises: 'infoCollection' } as const

const forProspect = (paper: 'mealApplication' | 'giftApplication', customers: (data: Data) => readonly string[]) =>
  fact<Data>(
    ['对象为本次开发的客户', 'it is for the prospect'],
    ({ data }) => customers(data).length > 0 && customers(data).every((customer) => customer === data.prospect?.customer),
    [paper],
  )
/** L15: what the plan costs and how the talks go have cases, budgets and approvals of their own. */
const alongside = {
  REQUEST_MEAL: {
    form: 'mealApplication',
    guard: forProspect('mealApplication', ({ mealApplication }) => (mealApplication ? [mealApplication.customer] : [])),
    opens: [{ process: 'customer-meal-hospitality', forms: ({ data }: { data: Data }) => ({ application: data.mealApplication }), essential: true }],
  },
  REQUEST_GIFT: {
    form: 'giftApplication',
    guard: forProspect('giftApplication', ({ giftApplication }) => giftApplication?.rows.map(({ customer }) => customer) ?? []),
    opens: [{ process: 'gift-giving-application', forms: ({ data }: { data: Data }) => ({ application: data.giftApplication }), essential: true }],
  },
  START_PROSPECTING: {
    form: 'targetProfile',
    guard: noOpenChild(['没有进行中的开发步骤', 'no prospecting is under way'], 'prospect-development'),
    opens: [{ process: 'prospect-development', forms: ({ data }: { data: Data }) => ({ profile: data.targetProfile }), essential: true }],
  },
} as const

export default defineProcess({
  id: 'customer-development',
  version: 1,
  title: ['客户开发管理流程', 'Customer development'],
  source: 'catalogue page 7; 002 ch2 十七, forms 六–十四, duties 二 and 四; 000 第2篇 开发步骤',
  forms,
  startedBy: role('DEVELOPMENT_SUPERVISOR'),
  startsWith: 'scope',
  customerOf: ({ prospect }) => prospect?.customer,
  events: {
    REQUEST_MEAL: ['申请招待用餐', 'Apply for a meal'],
    REQUEST_GIFT: ['申请馈赠礼品', 'Apply for a gift'],
    START_PROSPECTING: ['开展开发步骤', 'Start prospecting'],
    DEFINE_SCOPE: ['确定范围', 'Define the range'],
    PROVIDE_DATA: ['提供资料', 'Provide data'],
    SELECT_PROSPECT: ['选定新客户', 'Select the prospect'],
    SUBMIT_INVESTIGATION: ['提交调查', 'Submit the investigation'],
    CREDIT_ALERT: ['信用预警', 'Credit alert'],
    SCREEN_PASS: ['筛选合格', 'Screening: qualified'],
    SCREEN_FAIL: ['筛选不合格，另选客户', 'Screening: choose another'],
    SCREEN_OUT: ['筛选淘汰', 'Screening: close the prospect'],
    NEED_DETAIL: ['要求专项调查', 'Ask for a special investigation'],
    LOG_VISIT: ['记录拜访', 'Log visits'],
    SUBMIT_PERIODIC_REPORT: ['提交定期汇报', 'Submit the periodic report'],
    ACCEPT_REPORT: ['汇报通过', 'Accept the report'],
    RESUME: ['恢复洽谈', 'Resume the talks'],
    RESUME_INVESTIGATION: ['恢复调查', 'Resume the investigation'],
    SUBMIT_CONTRACT: ['提交合同', 'Submit the contract'],
    FIRST_TRADE_RECORDED: ['登记第一次交易', 'Record the first trade'],
  },
  settings: { reportDays: { label: ['定期汇报周期（天）', 'Days from one periodic report to the next'], value: 30 } },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  initial: 'scopeDefinition',
  states: {
    scopeDefinition: {
      label: ['确定新客户范围', 'Defining the range of new customers'],
      assignee: supervisor(),
      on: { DEFINE_SCOPE: { target: 'prospectSelection', revises: 'scope' } },
    },
    prospectSelection: {
      label: ['选定具体新客户', 'Selecting the prospect'],
      assignee: anyOf(specialist, supporter),
      on: {
        PROVIDE_DATA: provideData,
        SELECT_PROSPECT: {
          target: 'prospectInvestigation',
          by: specialist,
          form: ['prospect', 'plan'],
          guard: all(notDeveloped, planned),
          // L13: without its result the investigation of the prospect could never end.
          opens: [
            {
              process: 'customer-credit-investigation',
              forms: ({ data }) => ({ request: { customer: data.prospect?.customer, purpose: 'NEW_CUSTOMER' } }),
              essential: true,
            },
          ],
        },
      },
    },
    prospectInvestigation: {
      label: ['潜在客户调查', 'Investigating the prospect'],
      assignee: anyOf(specialist, supporter),
      on: {
        PROVIDE_DATA: provideData,
        SUBMIT_INVESTIGATION: { target: 'screening', by: specialist, ...investigation, guard: all(surveyed, evaluated, creditEnded) },
        CREDIT_ALERT: { target: 'suspended', by: system },
      },
    },
    screening: {
      label: ['筛选评价', 'Screening'],
      assignee: supervisor('prospectInvestigation', 'specialInvestigation'),
      on: {
        SCREEN_PASS: { target: 'applicationDrafting', form: 'opinion', guard: all(evaluated, creditValid) },
        SCREEN_FAIL: { target: 'prospectSelection', form: 'reason', startsRound: true },
        SCREEN_OUT: { target: 'screenedOut', form: 'reason' },
        NEED_DETAIL: { target: 'specialInvestigation', form: 'unclearItems' },
      },
    },
    specialInvestigation: {
      label: ['专项调查', 'Special investigation'],
      assignee: specialist,
      on: { SUBMIT_INVESTIGATION: { target: 'screening', ...investigation, guard: all(surveyed, evaluated) } },
    },
    applicationDrafting: {
      label: ['新客户开发申请', 'Applying for the development'],
      assignee: specialist,
      on: { SUBMIT: { target: 'supervisorReview', form: 'application', revises: 'plan', guard: all(appliesForProspect, planned) } },
    },
    supervisorReview: {
      label: ['主管审核', 'Supervisor review'],
      assignee: supervisor('applicationDrafting'),
      on: {
        APPROVE: { target: 'managerReview', form: 'opinion' },
        RETURN: { target: 'applicationDrafting', form: 'reason', startsRound: true },
      },
    },
    managerReview: {
      label: ['经理审核', 'Manager review'],
      assignee: manager('applicationDrafting', 'supervisorReview'),
      on: {
        APPROVE: { target: 'planImplementation', form: 'opinion' },
        RETURN: { target: 'applicationDrafting', form: 'reason', startsRound: true },
        REJECT: { target: 'rejected', form: 'reason' },
      },
    },
    planImplementation: {
      label: ['实施开发计划', 'Carrying out the plan'],
      assignee: specialist,
      on: {
        LOG_VISIT: { form: 'dailyLog', revises: 'visitPlan' },
        SUBMIT_PERIODIC_REPORT: { target: 'reportReview', form: 'progressReport', guard: periodInOrder },
        CREDIT_ALERT: [
          { target: 'suspended', by: system },
          { target: 'suspended', form: 'reason', guard: alertExplained },
        ],
        ...alongside,
        ABANDON: { target: 'abandoned', by: supervisor(), form: 'reason' },
        SUBMIT_CONTRACT: { target: 'contractReview', form: ['contract', 'terms'], guard: termsAgreed },
      },
      // 定期汇报: monthly, as the plan is; the month begins anew with every report that was reviewed, and when it is over without one.
      after: {
        REPORT_DUE: {
          label: ['定期汇报到期', 'The periodic report is due'],
          due: { days: 'reportDays' },
          repeats: true,
          notifies: ['DEVELOPMENT_SPECIALIST', 'DEVELOPMENT_SUPERVISOR'],
        },
      },
    },
    // Back from these two reviews no round starts: the manager's approval of the application goes on counting.
    reportReview: {
      label: ['定期汇报审核', 'Review of the periodic report'],
      assignee: supervisor('planImplementation'),
      on: {
        ACCEPT_REPORT: { target: 'planImplementation', form: 'opinion' },
        RETURN: { target: 'planImplementation', form: 'reason' },
      },
    },
    contractReview: {
      label: ['合同审批', 'Approval of the contract'],
      assignee: supervisor('planImplementation'),
      on: {
        APPROVE: { target: 'signed', form: 'opinion', guard: withinCredit },
        RETURN: { target: 'planImplementation', form: 'reason' },
      },
    },
    suspended: {
      label: ['中止洽谈', 'Talks suspended'],
      assignee: manager(),
      on: {
        RESUME: { target: 'planImplementation', form: 'clearance', guard: approved },
        RESUME_INVESTIGATION: {
          target: 'prospectInvestigation',
          form: 'clearance',
          guard: not(approved, ['开发申请尚未批准', 'the application is not approved yet']),
        },
        ABANDON: { target: 'abandoned', form: 'reason' },
      },
    },
    signed: {
      label: ['已签约', 'Signed'],
      assignee: specialist,
      on: { FIRST_TRADE_RECORDED: { target: 'newCustomerReporting', form: 'firstTrade', guard: alreadyTraded } },
    },
    newCustomerReporting: {
      label: ['新开发客户报告', 'Reporting the new customer'],
      assignee: specialist,
      on: { SUBMIT_REPORT: { target: 'supervisorSignature', form: 'report', guard: reportsFirstTrade } },
    },
    supervisorSignature: {
      label: ['主管签署', 'Signature of the supervisor'],
      assignee: supervisor('newCustomerReporting'),
      on: {
        SIGN: { target: 'managerInstruction', form: 'opinion' },
        RETURN: { target: 'newCustomerReporting', form: 'reason', startsRound: true },
      },
    },
    managerInstruction: {
      label: ['经理批示', 'Instruction of the manager'],
      assignee: manager('newCustomerReporting', 'supervisorSignature'),
      on: {
        INSTRUCT: {
          target: 'developed',
          form: 'opinion',
          guard: inWriting,
          customerStatus: 'ACTIVE',
          // L16
          opens: [
            { process: 'customer-archive-creation', forms: papersOf },
            { process: 'customer-grading', forms: papersOf },
          ],
        },
        RETURN: { target: 'newCustomerReporting', form: 'reason', startsRound: true },
      },
    },
    developed: { type: 'final', label: ['开发完成', 'Developed'], outcome: 'completed' },
    screenedOut: { type: 'final', label: ['筛选淘汰', 'Screened out'], outcome: 'rejected' },
    rejected: { type: 'final', label: ['申请否决', 'Application rejected'], outcome: 'rejected' },
    abandoned: { type: 'final', label: ['放弃开发', 'Abandoned'], outcome: 'cancelled' },
  },
})
