import {
  choice,
  date,
  decimal,
  file,
  flag,
  form,
  integer,
  money,
  ownCase,
  paragraph,
  percent,
  phone,
  reference,
  references,
  rows,
  signature,
  text,
  texts,
  time,
} from '../../../src/define/index.js'

/** 确定新客户范围 (page 7, step 1). The departments named may supply data (step 3). */
@form('new-customer-scope', '新客户范围', 'Range of new customers')
export class NewCustomerScope {
  @text('行业', 'Industry') industry!: string
  @text('规模', 'Size') size!: string
  @text('区域', 'Area') area!: string
  @paragraph('排除规则', 'Exclusion rules', { optional: true }) exclusionRules?: string
  @paragraph('措施', 'Measures') measures!: string
  @references('Department', '资料支持部门', 'Supporting departments') supportingDepartments!: string[]
}

/** Which customer the case is about, and why that one (page 7, step 2 and audit); the plan may list several. */
@form('prospect-choice', '选定新客户', 'Choice of the prospect')
export class ProspectChoice {
  @reference('Customer', '潜在客户', 'Prospect') customer!: string
  @paragraph('选定理由', 'Grounds') grounds!: string
}

export class CustomerDevelopmentPlanMonth {
  @integer('月份', 'Month', { min: 1, max: 12 }) month!: number
  @date('计划', 'Planned', { optional: true }) planned?: string
  @date('实际', 'Actual', { optional: true }) actual?: string
}

export class CustomerDevelopmentPlanRow {
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @text('拜访对象', 'Visitee', { sensitivity: 'S2' }) visitee!: string
  @text('地址', 'Address', { optional: true }) address?: string
  @rows(() => CustomerDevelopmentPlanMonth, '拜访时间安排（1–12月）', 'Months') months!: CustomerDevelopmentPlanMonth[]
  @text('备注', 'Remark', { optional: true }) remark?: string
}

/** 客户开发计划表 (002 2.10): customers × 12 months, each planned and actual. */
@form('customer-development-plan', '客户开发计划表', 'Customer development plan')
export class CustomerDevelopmentPlan {
  @integer('年度', 'Plan year') planYear!: number
  @rows(() => CustomerDevelopmentPlanRow, '客户行', 'Rows') rows!: CustomerDevelopmentPlanRow[]
}

/** 资料支持 (page 7, step 3). */
@form('supporting-data', '资料支持', 'Supporting data')
export class SupportingData {
  @paragraph('资料内容', 'Contents') contents!: string
  @texts('文件', 'Documents', { optional: true }) documents?: string[]
}

export const surveyContactRoles = {
  PRINCIPAL: ['负责人', 'Principal'],
  FACTORY_DIRECTOR: ['厂长', 'Factory director'],
  LIAISON: ['接洽人', 'Liaison'],
} as const
export const businessStyles = {
  ACTIVE: ['积极', 'Active'],
  CONSERVATIVE: ['保守', 'Conservative'],
  STEADY: ['踏实', 'Steady'],
  UNSETTLED: ['不定', 'Unsettled'],
  SPECULATIVE: ['投机', 'Speculative'],
} as const
export const businessTrends = {
  THRIVING: ['兴隆', 'Thriving'],
  GROWING: ['成长', 'Growing'],
  STABLE: ['稳定', 'Stable'],
  DECLINING: ['衰退', 'Declining'],
  UNSETTLED: ['不定', 'Unsettled'],
} as const
export const priceLevels = { REASONABLE: ['合理', 'Reasonable'], HIGH: ['偏高', 'High'], LOW: ['偏低', 'Low'], CUT_PRICE: ['削价', 'Cut price'] } as const
export const enterpriseNatures = {
  JOINT_STOCK: ['股份', 'Joint stock'],
  LIMITED_COMPANY: ['有限公司', 'Limited company'],
  PARTNERSHIP: ['合伙', 'Partnership'],
  SHOP: ['店铺', 'Shop'],
  JOINT_VENTURE: ['合资', 'Joint venture'],
} as const
export const industryPositions = {
  LEADER: ['领导者', 'Leader'],
  INFLUENTIAL: ['具影响', 'Influential'],
  TIER_1: ['一级', 'Tier 1'],
  TIER_2: ['二级', 'Tier 2'],
  TIER_3: ['三级', 'Tier 3'],
} as const

export class CustomerSurveyDetailContact {
  @choice('类别', 'Role', surveyContactRoles) role!: keyof typeof surveyContactRoles
  @text('姓名', 'Name', { optional: true, sensitivity: 'S2' }) name?: string
  @integer('年龄', 'Age', { optional: true, min: 16, max: 120, sensitivity: 'S2' }) age?: number
  @text('文化程度', 'Education', { optional: true, sensitivity: 'S2' }) education?: string
  @text('性格', 'Character', { optional: true, sensitivity: 'S4' }) character?: string
  @text('职称', 'Job title', { optional: true, sensitivity: 'S2' }) jobTitle?: string
  @text('负责事项', 'Responsible for', { optional: true }) responsibleFor?: string
}

export class CustomerSurveyDetailDealing {
  @integer('年度', 'Year') year!: number
  @text('主要采购产品', 'Main products') mainProducts!: string
  @money('金额', 'Amount', { optional: true, sensitivity: 'S1' }) amount?: string
  @money('旺季每月', 'Peak monthly amount', { optional: true, sensitivity: 'S1' }) peakMonthlyAmount?: string
  @money('淡季每月', 'Slack monthly amount', { optional: true, sensitivity: 'S1' }) slackMonthlyAmount?: string
}

/** 客户调查明细表 (002 2.6). */
@form('customer-survey-detail', '客户调查明细表', 'Customer survey detail sheet')
export class CustomerSurveyDetail {
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @text('地址', 'Address') address!: string
  @phone('电话', 'Phone', { optional: true, sensitivity: 'S2' }) phone?: string
  @rows(() => CustomerSurveyDetailContact, '接洽人员', 'Contacts', { optional: true }) contacts?: CustomerSurveyDetailContact[]
  @choice('经营方式', 'Business style', businessStyles, { optional: true }) businessStyle?: keyof typeof businessStyles
  @choice('业务', 'Business trend', businessTrends, { optional: true }) businessTrend?: keyof typeof businessTrends
  @paragraph('业务范围', 'Business scope', { optional: true }) businessScope?: string
  @paragraph('销货对象', 'Sales targets', { optional: true }) salesTargets?: string
  @choice('价格', 'Price level', priceLevels, { optional: true }) priceLevel?: keyof typeof priceLevels
  @text('销量—旺季月份', 'Peak season months', { optional: true }) peakSeasonMonths?: string
  @decimal('旺季月销量', 'Peak monthly sales', { optional: true, sensitivity: 'S1' }) peakMonthlySales?: string
  @text('销量—淡季月份', 'Slack season months', { optional: true }) slackSeasonMonths?: string
  @decimal('淡季月销量', 'Slack monthly sales', { optional: true, sensitivity: 'S1' }) slackMonthlySales?: string
  @choice('企业性质', 'Enterprise nature', enterpriseNatures, { optional: true }) enterpriseNature?: keyof typeof enterpriseNatures
  @integer('员工人数—职员', 'Staff count', { optional: true, unit: '人' }) staffCount?: number
  @integer('员工人数—管理层', 'Management count', { optional: true, unit: '人' }) managementCount?: number
  @integer('员工人数—合计', 'Total headcount', { optional: true, unit: '人' }) totalHeadcount?: number
  @choice('同业地位', 'Industry position', industryPositions, { optional: true }) industryPosition?: keyof typeof industryPositions
  @text('付款—态度', 'Payment attitude', { optional: true }) paymentAttitude?: string
  @text('付款期', 'Payment term', { optional: true }) paymentTerm?: string
  @text('付款方式', 'Payment method', { optional: true }) paymentMethod?: string
  @text('付款手续', 'Payment procedure', { optional: true }) paymentProcedure?: string
  @rows(() => CustomerSurveyDetailDealing, '与本公司往来', 'Dealings', { optional: true }) dealings?: CustomerSurveyDetailDealing[]
}

export const genders = { MALE: ['男', 'Male'], FEMALE: ['女', 'Female'] } as const

export class CustomerInfoCollectionRow {
  @text('姓名（客户填写）', 'Customer name', { sensitivity: 'S2' }) customerName!: string
  @choice('性别（客户填写）', 'Gender', genders, { optional: true, sensitivity: 'S2', name: 'Gender' }) gender?: keyof typeof genders
  @date('生日（客户填写）', 'Birthday', { optional: true, sensitivity: 'S2' }) birthday?: string
  @phone('电话（客户填写）', 'Phone', { sensitivity: 'S2' }) phone!: string
  @text('地址（客户填写）', 'Address', { optional: true, sensitivity: 'S2' }) address?: string
  @money('金额（促销人员填写）', 'Amount', { optional: true, sensitivity: 'S1' }) amount?: string
  @text('备注（促销人员填写）', 'Remark', { optional: true }) remark?: string
  @flag('个人信息告知同意', 'Consent given') consentGiven!: boolean
}

/** 客户信息采集表 (002 2.7): the sheet of a direct-sale shop. */
@form('customer-info-collection', '客户信息采集表', 'Customer information collection sheet')
export class CustomerInfoCollection {
  @text('直营店名称', 'Direct store name') directStoreName!: string
  @date('日期', 'Date') date!: string
  @rows(() => CustomerInfoCollectionRow, '采集行', 'Rows') rows!: CustomerInfoCollectionRow[]
}

export class CustomerDevelopmentEvaluationRow {
  @text('编号', 'No.') no!: string
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @text('地址', 'Address', { optional: true }) address?: string
  @decimal('业务增长率', 'Growth rate', { optional: true, min: '-100', unit: '%' }) growthRate?: string
  @text('信用度', 'Creditworthiness', { optional: true, sensitivity: 'S1' }) creditworthiness?: string
  @decimal('利润率', 'Profit rate', { optional: true, min: '-100', max: '100', sensitivity: 'S1', unit: '%' }) profitRate?: string
  @paragraph('综合评价', 'Overall') overall!: string
}

/** 客户开发评定表 (002 2.14), with its two printed boxes: 填写人 is never 审核人. */
@form('customer-development-evaluation', '客户开发评定表', 'Customer development evaluation')
export class CustomerDevelopmentEvaluation {
  @date('日期', 'Date') date!: string
  @rows(() => CustomerDevelopmentEvaluationRow, '明细', 'Rows') rows!: CustomerDevelopmentEvaluationRow[]
  @signature(['prospectInvestigation', 'specialInvestigation'], '填写人', 'Filled in by') filledBy?: never
  @signature(['screening'], '审核人', 'Reviewed by') reviewedBy?: never
}

/** 不详事项: what the special investigation has to find out (page 7, NEED_DETAIL). */
@form('unclear-items', '不详事项', 'Unclear items')
export class UnclearItems {
  @texts('不详事项', 'Items') items!: string[]
}

/** 合格新客户开发申请 (002 2.17); from `reasons` on as page 7 proposes. Survey, credit result and evaluation lie in the case. */
@form('new-customer-development-application', '合格新客户开发申请', 'Qualified new-customer development application')
export class NewCustomerDevelopmentApplication {
  @reference('Customer', '潜在客户', 'Prospect') prospect!: string
  @paragraph('筛选评价', 'Screening result') screeningResult!: string
  @money('预计年交易额', 'Expected annual sales', { optional: true, sensitivity: 'S1' }) expectedAnnualSales?: string
  @paragraph('开发策略', 'Development strategy') developmentStrategy!: string
  @paragraph('资料支持需求', 'Support needed', { optional: true }) supportNeeded?: string
  @paragraph('申请理由', 'Reasons') reasons!: string
  @text('预计产品与首单', 'Expected products and first order', { optional: true }) expectedFirstOrder?: string
  @paragraph('拟定信用条件', 'Proposed credit terms', { optional: true, sensitivity: 'S1' }) proposedCreditTerms?: string
  @money('费用预算', 'Cost budget', { optional: true }) costBudget?: string
  @signature(['supervisorReview', 'managerReview'], '审核结论', 'Decision') decision?: never
}

export class CustomerVisitPlanRow {
  @date('日期', 'Visit date') visitDate!: string
  @text('访问客户—分类编号', 'Category No.', { optional: true }) categoryNo?: string
  @reference('Customer', '公司名或工厂名', 'Customer') customer!: string
  @time('约定—访问时间', 'Visit time', { optional: true }) visitTime?: string
  @text('约定—面谈者', 'Interviewee', { optional: true, sensitivity: 'S2' }) interviewee?: string
  @text('约定—所属部门', 'Interviewee department', { optional: true }) intervieweeDepartment?: string
  @texts('访问要点（1–6）', 'Key points', { optional: true }) keyPoints?: string[]
  @texts('准备（1–6）', 'Preparations', { optional: true }) preparations?: string[]
}

/** 客户拜访计划表 (002 2.11). */
@form('customer-visit-plan', '客户拜访计划表', 'Customer visit plan')
export class CustomerVisitPlan {
  @reference('Employee', '客户开发专员', 'Specialist') specialist!: string
  @integer('年度', 'Plan year') planYear!: number
  @rows(() => CustomerVisitPlanRow, '计划行', 'Rows') rows!: CustomerVisitPlanRow[]
}

export const visitKinds = { FIRST_VISIT: ['初次拜访', 'First visit'], REPEAT_VISIT: ['再拜访', 'Repeat visit'] } as const
export const visitAttitudes = { WARM: ['热心', 'Warm'], NEUTRAL: ['一般', 'Neutral'], COLD: ['冷淡', 'Cold'] } as const
export const businessProgress = {
  APPROACH: ['接近客户', 'Approach'],
  PRODUCT_EXPLANATION: ['产品说明', 'Product explanation'],
  PRODUCT_DEMO: ['产品展示', 'Product demo'],
  PROPOSAL: ['建议书', 'Proposal'],
  CONTRACTING: ['缔约', 'Contracting'],
} as const

export class DevelopmentDailyLogRow {
  @reference('Customer', '客户公司名称', 'Customer') customer!: string
  @text('访问对象', 'Visitee', { sensitivity: 'S2' }) visitee!: string
  @integer('滞留时间', 'Stay minutes', { optional: true, unit: '分钟' }) stayMinutes?: number
  @choice('初次拜访/再拜访', 'Visit kind', visitKinds) visitKind!: keyof typeof visitKinds
  @choice('态度', 'Attitude', visitAttitudes, { optional: true }) attitude?: keyof typeof visitAttitudes
  @choice('业务进度', 'Progress', businessProgress, { optional: true }) progress?: keyof typeof businessProgress
  @flag('不在', 'Absent', { optional: true }) absent?: boolean
  @text('客户类别', 'Customer category', { optional: true }) customerCategory?: string
  @text('备注', 'Remark', { optional: true }) remark?: string
}

/** 客户开发日程记录表 (002 2.12): one version a day. */
@form('development-daily-log', '客户开发日程记录表', 'Customer development daily log')
export class DevelopmentDailyLog {
  @reference('Employee', '客户开发专员', 'Specialist') specialist!: string
  @date('日期', 'Date') date!: string
  @rows(() => DevelopmentDailyLogRow, '记录行', 'Rows') rows!: DevelopmentDailyLogRow[]
  @integer('当日拜访数量', 'Visits today', { optional: true }) visitsToday?: number
  @integer('当日回访数量', 'Return visits today', { optional: true }) returnVisitsToday?: number
  @integer('累计拜访数量', 'Visits cumulative', { optional: true }) visitsCumulative?: number
  @integer('累计回访数量', 'Return visits cumulative', { optional: true }) returnVisitsCumulative?: number
}

/** 客户开发定期汇报 (002 2.17). */
@form('development-progress-report', '客户开发定期汇报', 'Development progress report')
export class DevelopmentProgressReport {
  @ownCase('开发申请', 'Application') application?: never
  @date('期间起', 'Period from') periodFrom!: string
  @date('期间止', 'Period to') periodTo!: string
  @paragraph('进展', 'Progress') progress!: string
  @paragraph('问题与所需支持', 'Issues', { optional: true }) issues?: string
}

/** Why talks may go on after bad news about the credit (page 7, RESUME: credit cleared). */
@form('credit-clearance', '信用解除说明', 'Credit clearance')
export class CreditClearance {
  @paragraph('解除依据', 'Grounds') grounds!: string
  @file('证明文件', 'Evidence', { optional: true }) evidence?: string
}

export const contractStatuses = { SIGNED: ['已签订', 'Signed'], BEING_SIGNED: ['正签订', 'Being signed'], NOT_SIGNED: ['尚未签订', 'Not signed'] } as const

/** 合作合同/合作协议 (002 2.2职责10, 2.4职责6–7, 4.1职责3; 000第2篇 四). It is reviewed before it is signed. */
@form('cooperation-contract', '合作合同/合作协议', 'Cooperation contract / agreement')
export class CooperationContract {
  @text('合同编号', 'Contract No.') contractNo!: string
  @reference('Customer', '客户', 'Customer') customer!: string
  @text('项目/标的', 'Subject') subject!: string
  @paragraph('服务项目', 'Service items', { optional: true }) serviceItems?: string
  @money('合同金额/服务费用', 'Amount', { min: '0.01', sensitivity: 'S1' }) amount!: string
  @percent('预付比例', 'Prepayment percent', { optional: true }) prepaymentPercent?: string
  @date('签订日期', 'Signed on', { optional: true }) signedOn?: string
  @date('开始日期', 'Start on', { optional: true }) startOn?: string
  @date('结束日期', 'End on', { optional: true }) endOn?: string
  @choice('合同状态', 'Status', contractStatuses) status!: keyof typeof contractStatuses
  @text('工作周期', 'Work period', { optional: true }) workPeriod?: string
  @file('合同扫描件', 'Document', { optional: true }) document?: string
}

/** 合作条款 (page 7, step 13); the part of the amount sold on credit is held against the limit of the credit investigation. */
@form('cooperation-terms', '合作条款', 'Terms of cooperation')
export class CooperationTerms {
  @paragraph('商定条款', 'Terms agreed') terms!: string
  @money('赊销金额', 'Amount on credit', { sensitivity: 'S1' }) creditAmount!: string
}

/** 第一次交易 (page 7, step 15), before the report is written. */
@form('first-trade', '第一次交易', 'First trade')
export class FirstTrade {
  @date('交易日期', 'Traded on') tradedOn!: string
  @money('第一次交易额', 'First trade amount', { min: '0.01', sensitivity: 'S1' }) amount!: string
  @text('第一次交易品名', 'First trade product') product!: string
}

/** 新开发客户报告表 (002 2.13). */
@form('new-customer-report', '新开发客户报告表', 'New customer report')
export class NewCustomerReport {
  @reference('Employee', '客户专员', 'Specialist') specialist!: string
  @date('日期', 'Date') date!: string
  @reference('Customer', '客户名称', 'Customer') customer!: string
  @text('公司地址', 'Company address') companyAddress!: string
  @phone('公司电话', 'Company phone', { optional: true }) companyPhone?: string
  @text('工厂地址', 'Factory address', { optional: true }) factoryAddress?: string
  @phone('工厂电话', 'Factory phone', { optional: true }) factoryPhone?: string
  @text('负责人员', 'Responsible person', { sensitivity: 'S2' }) responsiblePerson!: string
  @texts('推销产品', 'Promoted products') promotedProducts!: string[]
  @money('第一次交易额', 'First trade amount', { min: '0.01', sensitivity: 'S1' }) firstTradeAmount!: string
  @text('第一次交易品名', 'First trade product') firstTradeProduct!: string
  @paragraph('开拓经过', 'Development history') developmentHistory!: string
  @paragraph('备注', 'Remark', { optional: true }) remark?: string
  @signature(['supervisorSignature'], '批示—主管', 'Supervisor instruction') supervisorInstruction?: never
  @signature(['managerInstruction'], '批示—经理', 'Manager instruction') managerInstruction?: never
}
