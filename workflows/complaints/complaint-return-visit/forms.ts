import { choice, choices, date, datetime, flag, form, paragraph, reference, references, rows, text } from '../../../src/define/index.js'

export const returnVisitKind = { COMPLAINT: ['客户投诉回访', 'Complaint'], REPAIR: ['维修回访', 'Repair'], SURVEY: ['客户调查表回访', 'Survey'] } as const
export const returnVisitChannel3 = { PHONE: ['电话回访', 'Phone'], ON_SITE: ['上门回访', 'On site'], LETTER: ['书信回访', 'Letter'] } as const
export const returnVisitMethods = { TALK: ['客户交谈', 'Talk'], SITE_CHECK: ['现场查看', 'Site check'], INSPECTION: ['检查', 'Inspection'] } as const

/** 回访任务 (page 3, step 1). `handlers`: whoever the papers of the complaint name as having handled it, none of whom may visit. */
@form('return-visit-task', '回访任务', 'Return-visit task')
export class ReturnVisitTask {
  @reference('Customer', '客户', 'Customer') customer!: string
  @reference('Case', '已办结的投诉', 'Settled complaint', { optional: true }) settledCase?: string
  @date('回访期限', 'Due on', { optional: true }) dueOn?: string
  @references('Employee', '承办人员', 'Handlers', { optional: true }) handlers?: string[]
}

/** 选择回访形式 (page 3, step 2). */
@form('return-visit-plan', '回访形式', 'Form of the return visit')
export class ReturnVisitPlan {
  @choice('回访形式', 'Channel', returnVisitChannel3, { name: 'ReturnVisitChannel3' }) channel!: keyof typeof returnVisitChannel3
}

/** One call that reached nobody. */
export class UnreachedAttempt {
  @datetime('联系时间', 'Attempted at') attemptedAt!: string
  @choice('回访形式', 'Channel', returnVisitChannel3, { name: 'ReturnVisitChannel3' }) channel!: keyof typeof returnVisitChannel3
  @paragraph('情况说明', 'What happened', { optional: true }) note?: string
}
/** The sheet of the attempts that reached nobody (page 3, ATTEMPT_FAILED): each adds a line, and after its days a new sheet is begun. */
@form('return-visit-attempt', '联系未果记录', 'Failed attempts')
export class ReturnVisitAttempt {
  @rows(() => UnreachedAttempt, '联系经过', 'Attempts') attempts!: UnreachedAttempt[]
}

/** The letter that goes to a customer whom nobody reached (page 3, GIVE_UP). */
@form('return-visit-letter', '无法联系函件', 'Letter to a customer not reached')
export class ReturnVisitLetter {
  @date('发函日期', 'Sent on') sentOn!: string
  @text('函件编号', 'Letter No.', { optional: true }) letterNo?: string
}

/** Every failed attempt at once, for a visitor who records the visit in the complaint itself (page 2, VISIT_UNREACHABLE). */
@form('return-visit-unreachable', '无法联系记录', 'Customer not reached')
export class ReturnVisitUnreachable {
  @rows(() => UnreachedAttempt, '联系经过', 'Attempts') attempts!: UnreachedAttempt[]
  @date('发函日期', 'Letter sent on') letterSentOn!: string
}

/** 回访客户记录 (000 part 5, 3(1)–(4)). The result and the customer's words are empty only when nobody was reached; then 是否满意 is too. */
@form('return-visit-record', '回访客户记录', 'Customer return-visit record')
export class ReturnVisitRecord {
  @choice('回访类型', 'Kind', returnVisitKind) kind!: keyof typeof returnVisitKind
  @choice('回访形式', 'Channel', returnVisitChannel3, { name: 'ReturnVisitChannel3' }) channel!: keyof typeof returnVisitChannel3
  @choices('回访方式', 'Methods', returnVisitMethods, { optional: true }) methods?: (keyof typeof returnVisitMethods)[]
  @reference('Customer', '客户', 'Customer') customer!: string
  @text('对应投诉/派工单/调查表', 'Source record') sourceRecord!: string
  @datetime('回访时间', 'Visited at') visitedAt!: string
  @paragraph('处理结果反馈', 'Result fed back', { optional: true }) resultFedBack?: string
  @paragraph('客户意见', 'Customer opinion', { optional: true }) customerOpinion?: string
  @flag('是否满意', 'Satisfied', { optional: true }) satisfied?: boolean
  @reference('Employee', '回访人', 'Visitor') visitor!: string
}
