import { all, anyOf, approver, type DataOf, defineProcess, fact, memberOf, role, system } from '../../../src/define/index.js'
import { inWriting, Opinion, Reason, usualHandling } from '../../common.js'
import {
  ComplaintDutyCheck,
  ComplaintMeasures,
  ComplaintPeriodAnalysis,
  ComplaintPeriodFigures,
  ComplaintReportDistribution,
  ComplaintStatistics,
  ComplaintSummary,
} from './forms.js'

const forms = {
  figures: ComplaintPeriodFigures,
  statistics: ComplaintStatistics,
  analysis: ComplaintPeriodAnalysis,
  summary: ComplaintSummary,
  dutyCheck: ComplaintDutyCheck,
  measures: ComplaintMeasures,
  distribution: ComplaintReportDistribution,
  opinion: Opinion,
  reason: Reason,
}
type Data = DataOf<typeof forms>

const analysed = fact<Data>(
  ['期内有投诉时至少分析一件', 'where there were complaints at least one is analysed'],
  ({ data: { figures, analysis } }) => figures?.complaintCount === 0 || (analysis?.rows ?? []).length > 0,
  ['analysis'],
)
const complaintsNamed = fact<Data>(
  ['所分析的均为投诉案件', 'what is analysed are complaints'],
  ({ data: { analysis }, named }) => (analysis?.rows ?? []).every(({ complaint }) => named[complaint]?.process === 'complaint-handling'),
  ['analysis'],
)
/** What a department has reported as done stays as it was reported. */
const doneLinesKept = fact<Data>(
  ['已落实的对策不得更改', 'what is done stays as reported'],
  ({ data: { measures }, before }) =>
    (before.measures?.lines ?? [])
      .filter(({ done }) => done)
      .every((line) => measures?.lines.some(({ department, status, done }) => department === line.department && status === line.status && done)),
  ['measures'],
)
const linesOfDepartments = fact<Data>(
  ['每个落实部门至多一行', 'one line at most for each department of the summary'],
  ({ data: { measures, summary } }) => {
    const lines = (measures?.lines ?? []).map(({ department }) => department)
    return new Set(lines).size === lines.length && lines.every((department) => summary?.departments?.includes(department))
  },
  ['measures'],
)
const allDone = fact<Data>(['各部门对策均已落实', 'every department has carried out its measures'], ({ data: { measures, summary } }) =>
  (summary?.departments ?? []).every((department) => measures?.lines.some((line) => line.department === department && line.done)),
)

const specialist = role('COMPLAINT_SPECIALIST')
/** 制表 ≠ 审核. */
const compiled = ['compiling', 'analysing', 'summarising']

export default defineProcess({
  id: 'complaint-periodic-summary',
  version: 1,
  title: ['客户投诉统计、分析与总结', 'Periodic complaint statistics, analysis and summary'],
  source: 'catalogue page 5; 002 ch6 六, 七, 十三 (forms), 一6/9, 二4; 001 第十四条3; 003 客户投诉管理人员 3/4/7',
  forms,
  startedBy: system,
  startsWith: 'figures',
  every: { period: 'MONTH', figures: 'complaintSummary' },
  events: {
    SUBMIT_STATISTICS: ['提交统计报表', 'Submit the statistics'],
    SUBMIT_ANALYSIS: ['提交投诉分析', 'Submit the analysis'],
    SUBMIT_SUMMARY: ['提交投诉总结', 'Submit the summary'],
    ACCEPT: ['采纳', 'Accept the report'],
    REPORT_MEASURES: ['报告对策落实', 'Report the measures'],
    MEASURES_DONE: ['对策落实完毕并分发', 'All measures done, distributed'],
  },
  owner: 'CS_MANAGER',
  handling: usualHandling,
  initial: 'compiling',
  states: {
    compiling: {
      label: ['统计', 'Compiling'],
      assignee: specialist,
      on: { SUBMIT_STATISTICS: { target: 'analysing', form: 'statistics' } },
    },
    analysing: {
      label: ['分析', 'Analysing'],
      assignee: specialist,
      on: { SUBMIT_ANALYSIS: { target: 'summarising', form: 'analysis', guard: all(analysed, complaintsNamed) } },
    },
    summarising: {
      label: ['总结', 'Summarising'],
      assignee: specialist,
      // A report that came back may need its analysis mended too.
      on: { SUBMIT_SUMMARY: { target: 'supervisorReview', form: 'summary', revises: 'analysis', guard: all(analysed, complaintsNamed) } },
    },
    supervisorReview: {
      label: ['主管审核', 'Supervisor review'],
      assignee: approver('COMPLAINT_SUPERVISOR', { distinctFrom: compiled }),
      on: {
        // 主管建议 is the opinion, which may not be empty here.
        APPROVE: { target: 'managerReview', form: 'opinion', revises: 'dutyCheck', guard: inWriting },
        RETURN: { target: 'summarising', form: 'reason', startsRound: true },
      },
    },
    managerReview: {
      label: ['经理审阅', 'Manager review'],
      assignee: approver('CS_MANAGER', { distinctFrom: [...compiled, 'supervisorReview'] }),
      on: {
        ACCEPT: { target: 'measuresFollowUp', form: 'opinion' },
        RETURN: { target: 'summarising', form: 'reason', startsRound: true },
      },
    },
    measuresFollowUp: {
      label: ['对策落实', 'Carrying out the measures'],
      assignee: anyOf(memberOf('RELATED_DEPT', 'summary.departments'), role('COMPLAINT_SUPERVISOR')),
      on: {
        REPORT_MEASURES: { by: memberOf('RELATED_DEPT', 'summary.departments'), form: 'measures', guard: all(linesOfDepartments, doneLinesKept) },
        MEASURES_DONE: { target: 'archived', by: role('COMPLAINT_SUPERVISOR'), form: 'distribution', guard: allDone },
      },
    },
    archived: { type: 'final', label: ['归档', 'Archived'], outcome: 'completed' },
  },
})
