import { choice, date, datetime, file, flag, form, money, paragraph, phone, reference, rows, text, texts, time } from '../../../src/define/index.js'

export const leadChannels = { PHONE: ['电话', 'Phone'], FAX: ['传真', 'Fax'], MAIL: ['寄资料', 'Mail'], MEETING: ['面谈', 'Meeting'] } as const
export const leadUrgencies = { URGENT: ['近期紧迫需求', 'Urgent near-term need'], TO_FOLLOW: ['需进一步跟踪', 'To be followed up'] } as const

/** 定位目标客户 (page 9, step 1): what kind of customer is looked for, before one is named. */
@form('target-profile', '目标客户定位', 'Target profile')
export class TargetProfile {
  @paragraph('市场状况', 'Market situation', { optional: true }) marketSituation?: string
  @paragraph('目标客户特征', 'Target profile') profile!: string
}

/** One contact: channel, person, content and promised next step are what the audit of page 9 asks for. */
export class LeadFollowUp {
  @datetime('时间', 'Followed at') followedAt!: string
  @choice('沟通方式', 'Channel', leadChannels, { name: 'LeadChannel' }) channel!: keyof typeof leadChannels
  @text('沟通对象', 'Person', { sensitivity: 'S2' }) person!: string
  @paragraph('内容', 'Content') content!: string
  @paragraph('下一步', 'Next action', { optional: true }) nextAction?: string
}

/** 潜在客户信息与跟踪记录 (000 第2篇). It grows: needs and urgency come with the interview, and no lead is without a contact. */
@form('lead-record', '潜在客户信息与跟踪记录', 'Lead and follow-up record')
export class LeadRecord {
  @text('企业名称', 'Company name') companyName!: string
  @paragraph('产品', 'Products') products!: string
  @paragraph('经营状况', 'Business status', { optional: true }) businessStatus?: string
  @paragraph('项目信息', 'Project info', { optional: true }) projectInfo?: string
  @paragraph('需求', 'Needs', { optional: true }) needs?: string
  @choice('需求紧急程度', 'Urgency', leadUrgencies, { optional: true, name: 'LeadUrgency' }) urgency?: keyof typeof leadUrgencies
  @text('项目决策人', 'Decision maker', { optional: true, sensitivity: 'S2' }) decisionMaker?: string
  @text('具体负责人姓名', 'Contact name', { optional: true, sensitivity: 'S2' }) contactName?: string
  @phone('联系电话', 'Contact phone', { optional: true, sensitivity: 'S2' }) contactPhone?: string
  @paragraph('个人信息', 'Contact personal info', { optional: true, sensitivity: 'S4' }) contactPersonalInfo?: string
  @choice('沟通方式', 'Channel', leadChannels, { name: 'LeadChannel' }) channel!: keyof typeof leadChannels
  @rows(() => LeadFollowUp, '跟踪记录', 'Follow ups') followUps!: LeadFollowUp[]
  @flag('筛选合格', 'Qualified', { optional: true }) qualified?: boolean
}

/** 约见 (page 9, APPOINTED): the contact in which the date was agreed; the meeting is the promised next step. */
@form('prospect-appointment', '约见记录', 'Appointment')
export class ProspectAppointment {
  @choice('沟通方式', 'Channel', leadChannels, { name: 'LeadChannel' }) channel!: keyof typeof leadChannels
  @text('沟通对象', 'Person', { sensitivity: 'S2' }) person!: string
  @paragraph('内容', 'Content') content!: string
  @date('约定日期', 'Meeting date') meetingDate!: string
  @time('约定时间', 'Meeting time', { optional: true }) meetingTime?: string
  @text('约定地点', 'Place', { optional: true }) place?: string
}

/** 改期 (page 9, POSTPONED): no date yet, and the next one that was offered. */
@form('prospect-postponement', '改期记录', 'Postponement')
export class ProspectPostponement {
  @choice('沟通方式', 'Channel', leadChannels, { name: 'LeadChannel' }) channel!: keyof typeof leadChannels
  @text('沟通对象', 'Person', { sensitivity: 'S2' }) person!: string
  @paragraph('内容', 'Content') content!: string
  @date('提议的下一日期', 'Next date offered') nextDate!: string
}

export class MeetingNextStep {
  @paragraph('事项', 'Item') item!: string
  @date('提交日期', 'Due on') dueOn!: string
}

/** 会议记录 (000 第2篇 一2–7, 三3). `progress` is what page 9 adds to it. */
@form('client-meeting-minutes', '会议记录（客户洽谈）', 'Client meeting minutes')
export class ClientMeetingMinutes {
  @reference('Customer', '客户', 'Customer') customer!: string
  @datetime('会议时间', 'Held at') heldAt!: string
  @text('地点', 'Place', { optional: true }) place?: string
  @texts('参加人员', 'Participants', { sensitivity: 'S2' }) participants!: string[]
  @flag('客户同意录音', 'Recording consent') recordingConsent!: boolean
  @file('录音文件', 'Recording', { optional: true, sensitivity: 'S2' }) recording?: string
  @text('项目名称', 'Project name') projectName!: string
  @paragraph('项目内容', 'Project content') projectContent!: string
  @paragraph('需求', 'Needs') needs!: string
  @paragraph('进展', 'Progress', { optional: true }) progress?: string
  @paragraph('未来规划', 'Future plans', { optional: true }) futurePlans?: string
  @paragraph('公司构架', 'Company structure', { optional: true }) companyStructure?: string
  @money('项目合作费用预算', 'Budget', { optional: true, sensitivity: 'S1' }) budget?: string
  @paragraph('我方观点', 'Our views', { optional: true }) ourViews?: string
  @rows(() => MeetingNextStep, '下一步工作内容', 'Next steps') nextSteps!: MeetingNextStep[]
  @paragraph('客户的意见', 'Customer comments', { optional: true }) customerComments?: string
}

/** 自己不懂的问题 (page 9, ASK_EXPERT), noted for the director. */
@form('expert-question', '待解答问题', 'Question for an expert')
export class ExpertQuestion {
  @paragraph('问题', 'Question') question!: string
}
/** What the director, or an expert whom the director asked, had to say to it. */
@form('expert-answer', '问题解答', 'Answer to a question')
export class ExpertAnswer {
  @paragraph('解答', 'Answer') answer!: string
  @text('解答专家', 'Expert', { optional: true }) expert?: string
}
