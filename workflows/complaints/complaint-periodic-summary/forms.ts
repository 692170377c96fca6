import {
  choice,
  date,
  datetime,
  decimal,
  flag,
  form,
  integer,
  money,
  paragraph,
  percent,
  reference,
  references,
  rows,
  signature,
  text,
} from '../../../src/define/index.js'
import { complaintDisposition5 } from '../complaint-handling/forms.js'

export class ComplaintKindFigures {
  @text('投诉种类', 'Complaint kind', { optional: true }) complaintKind?: string
  @integer('投诉次数', 'Count') count!: number
  @money('损失', 'Loss') loss!: string
}
export class ComplaintDepartmentFigures {
  @reference('Department', '责任部门', 'Responsible department', { optional: true }) responsibleDepartment?: string
  @integer('投诉次数', 'Count') count!: number
  @money('损失', 'Loss') loss!: string
}
export class ComplaintDispositionFigures {
  @choice('处理方式', 'Disposition', complaintDisposition5, { optional: true, name: 'ComplaintDisposition5' }) disposition?: keyof typeof complaintDisposition5
  @integer('投诉次数', 'Count') count!: number
  @money('损失', 'Loss') loss!: string
}
/**
 * The figures of the period as they stood when it was opened: those of 客户投诉总结表 (002 6.13) and the sums of 客户投诉统计表 (002 6.6).
 * Handed in by the system; an empty kind, department or disposition is one that is not known yet.
 */
@form('complaint-period-figures', '期间统计数据', 'Figures of the period')
export class ComplaintPeriodFigures {
  @date('期间起', 'Period from') periodFrom!: string
  @date('期间止', 'Period to') periodTo!: string
  @datetime('统计时间', 'Computed at') computedAt!: string
  @integer('投诉次数', 'Complaint count') complaintCount!: number
  @decimal('每天投诉次数', 'Complaints per day') complaintsPerDay!: string
  @integer('已解决投诉次数', 'Solved count') solvedCount!: number
  @percent('解决比例', 'Solved rate', { optional: true }) solvedRate?: string
  @integer('涉及产品质量的次数', 'Quality count') qualityCount!: number
  @integer('其中撤诉件数', 'Of these withdrawn') withdrawnCount!: number
  @integer('其中不予受理件数', 'Of these not accepted') notAcceptedCount!: number
  @integer('期内结案件数', 'Closed in the period') closedCount!: number
  @integer('期末未结件数', 'Open at the end of the period') openCount!: number
  @money('损失合计', 'Total loss') totalLoss!: string
  @rows(() => ComplaintKindFigures, '按投诉种类', 'By kind', { optional: true }) byKind?: ComplaintKindFigures[]
  @rows(() => ComplaintDepartmentFigures, '按责任部门', 'By responsible department', { optional: true }) byDepartment?: ComplaintDepartmentFigures[]
  @rows(() => ComplaintDispositionFigures, '按处理方式', 'By disposition', { optional: true }) byDisposition?: ComplaintDispositionFigures[]
}

/** 客户投诉统计表 (002 6.6): whoever compiles it says for which kind; its rows and sums are computed. */
@form('complaint-statistics', '客户投诉统计表', 'Complaint statistics')
export class ComplaintStatistics {
  @text('投诉种类', 'Complaint kind') complaintKind!: string
  @paragraph('统计说明', 'Remarks on the figures', { optional: true }) remark?: string
}

export class ComplaintAnalysisRow {
  @reference('Case', '投诉', 'Complaint') complaint!: string
  @paragraph('在处理中可能遇到的困难', 'Expected difficulties') expectedDifficulties!: string
  @paragraph('应对策略', 'Strategy') strategy!: string
  @flag('顾客期望是否达成', 'Expectation met') expectationMet!: boolean
  @paragraph('采取主要措施', 'Main measures') mainMeasures!: string
  @paragraph('客户投诉专员建议', 'Specialist suggestion', { optional: true }) specialistSuggestion?: string
}
/** 客户投诉分析表 (002 6.7) of the complaints that are worth it; the head of each is copied from its complaint. */
@form('complaint-period-analysis', '客户投诉分析', 'Analysis of the complaints')
export class ComplaintPeriodAnalysis {
  @rows(() => ComplaintAnalysisRow, '投诉', 'Complaints', { optional: true }) rows?: ComplaintAnalysisRow[]
  @paragraph('客户投诉专员建议', 'Specialist suggestion', { optional: true }) specialistSuggestion?: string
  @signature(['supervisorReview'], '客户投诉主管建议', 'Supervisor suggestion') supervisorSuggestion?: never
}

/** 客户投诉总结表 (002 6.13): its five figures are those of the period. */
@form('complaint-summary', '客户投诉总结表', 'Complaint summary')
export class ComplaintSummary {
  @paragraph('主要质量问题', 'Main quality problems') mainQualityProblems!: string
  @paragraph('具体对策—运输环节问题及其对策', 'Transport: problems and measures', { optional: true }) transportIssues?: string
  @paragraph('具体对策—加工环节问题及其对策', 'Processing: problems and measures', { optional: true }) processingIssues?: string
  @paragraph('具体对策—管理环节问题及其对策', 'Management: problems and measures', { optional: true }) managementIssues?: string
  @paragraph('具体对策—其他环节问题及其对策', 'Others: problems and measures', { optional: true }) otherIssues?: string
  @references('Department', '落实部门', 'Departments that carry out the measures', { optional: true }) departments?: string[]
  @paragraph('备注', 'Remark', { optional: true }) remark?: string
}

/** 投诉受理检查 (002 6.1 duties 3 and 9): whom the supervisor checked, and what there is to report. */
@form('complaint-duty-check', '投诉受理检查/投诉管理工作汇报', 'Check of the acceptance and report to the manager')
export class ComplaintDutyCheck {
  @reference('Employee', '被检查专员', 'Specialist checked') checkedSpecialist!: string
  @paragraph('检查情况', 'Findings') findings!: string
  @paragraph('汇报内容', 'Report', { optional: true }) report?: string
}

export class ComplaintMeasureLine {
  @reference('Department', '落实部门', 'Department') department!: string
  @paragraph('落实情况', 'What was done') status!: string
  @flag('已落实', 'Done') done!: boolean
}
/** 落实对策 (page 5, step 7): one line a department; each that reports hands in the table with its own line brought up to date. */
@form('complaint-measures', '对策落实情况', 'Status of the measures')
export class ComplaintMeasures {
  @rows(() => ComplaintMeasureLine, '落实情况', 'Lines') lines!: ComplaintMeasureLine[]
}

/** 分发 (page 5, step 8). */
@form('complaint-report-distribution', '分发名单', 'Distribution list')
export class ComplaintReportDistribution {
  @references('Department', '分发部门', 'Departments') departments!: string[]
  @date('分发日期', 'Distributed on') distributedOn!: string
}
